// What a moody server notes: what it told whom, what it was sent, and each time the client broke the rules of SMTP. It
// decides nothing.

import type {Mood, Stage} from './mood.ts';

export interface Reply {
  readonly stage: Stage;
  readonly code: number;
  readonly status: string | undefined;
  readonly act: Mood['act'];
  /** No other reply has the same description. */
  readonly description: string;
}

interface Arrival {
  readonly sender: string;
  readonly recipient: string;
  /** Octets as latin1, without the stuffed dots. */
  readonly text: string;
  /** Who has logged in, as `user:password`. */
  readonly login: string | undefined;
  /** Whether the client got the reply. */
  readonly told: boolean;
}

/** Everything about one message. */
export interface Dealings {
  /** One for each try. */
  readonly moods: Mood[];
  readonly replies: Reply[];
  readonly arrivals: Arrival[];
}

export class Ledger {
  /** By the number that stands before the @ of the message's addresses, as in `jo.17@example.org`. */
  readonly dealings = new Map<number, Dealings>();
  /** Replies to a connection, and not to a message. */
  readonly connectionReplies: Reply[] = [];
  /** Moods that were acted out, such as `refuse rcptto`. */
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
    (dealings?.replies ?? this.connectionReplies).push({stage, code: Number(code), status, act, description});
    const prefix = status === undefined ? '' : `${status} `;
    const texts = multiline ? words : [description];
    return texts
      .map((text, index) => `${code}${index < texts.length - 1 ? '-' : ' '}${prefix}${text}`)
      .join('\r\n');
  }

  /** A transaction has begun. @returns what ends it */
  opened(domain: string): () => void {
    const now = (this.#open.get(domain) ?? 0) + 1;
    this.#open.set(domain, now);
    this.mostAtATime.set(domain, Math.max(this.mostAtATime.get(domain) ?? 0, now));
    return () => this.#open.set(domain, (this.#open.get(domain) ?? 0) - 1);
  }
}
