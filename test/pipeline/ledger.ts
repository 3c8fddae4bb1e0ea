// What a moody server writes down: what it told whom, what it was sent, and whatever in the client's conduct is
// against SMTP. It decides nothing.

import type {Mood, Stage} from '../servers/mood.ts';

export interface Reply {
  readonly stage: Stage;
  readonly code: number;
  readonly status: string | undefined;
  readonly act: Mood['act'];
  /** No other reply has the same. */
  readonly description: string;
}

interface Arrival {
  readonly sender: string;
  readonly recipient: string;
  /** Octets, as latin1; without the stuffed dots. */
  readonly text: string;
  /** Who has logged in, as `user:password`. */
  readonly login: string | undefined;
  /** Whether the client was told. */
  readonly told: boolean;
}

/** All that there was with one message. */
export interface Dealings {
  /** One a try. */
  readonly moods: Mood[];
  readonly replies: Reply[];
  readonly arrivals: Arrival[];
}

export class Ledger {
  /** By the number that stands before the @ of the message's addresses, as in `jo.17@example.org`. */
  readonly dealings = new Map<number, Dealings>();
  /** Told to a connection as such. */
  readonly siteReplies: Reply[] = [];
  /** Moods that have shown, as `refuse rcptto`. */
  readonly shown = new Set<string>();
  readonly violations: string[] = [];
  /** How many transactions a domain has had at a time. */
  readonly mostAtATime = new Map<string, number>();
  readonly #open = new Map<string, number>();
  readonly #name: string;
  #replies = 0;

  constructor(name: string) {
    this.#name = name;
  }

  /** @returns undefined for an address without a number */
  dealingsWith(address: string): {readonly number: number; readonly dealings: Dealings} | undefined {
    const digits = /\.(\d+)"?@/.exec(address)?.[1];
    if (digits === undefined) return undefined;
    const number = Number(digits);
    const dealings = this.dealings.get(number) ?? {moods: [], replies: [], arrivals: []};
    this.dealings.set(number, dealings);
    return {number, dealings};
  }

  /** @returns the lines of the reply */
  reply(stage: Stage, {reply, act}: Mood, dealings: Dealings | undefined, multiline: boolean): string {
    const [code = '', status] = reply.split(' ');
    const words = [`reply ${++this.#replies}`, this.#name];
    const description = words.join(' ');
    (dealings?.replies ?? this.siteReplies).push({stage, code: Number(code), status, act, description});
    const prefix = status === undefined ? '' : `${status} `;
    const texts = multiline ? words : [description];
    return texts
      .map((text, index) => `${code}${index < texts.length - 1 ? '-' : ' '}${prefix}${text}`)
      .join('\r\n');
  }

  /** A transaction has begun; the one who ends it calls what is returned. */
  opened(domain: string): () => void {
    const now = (this.#open.get(domain) ?? 0) + 1;
    this.#open.set(domain, now);
    this.mostAtATime.set(domain, Math.max(this.mostAtATime.get(domain) ?? 0, now));
    return () => this.#open.set(domain, (this.#open.get(domain) ?? 0) - 1);
  }
}
