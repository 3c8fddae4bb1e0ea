// Where the mail goes: receivers in clear and with STARTTLS, at each round-trip time. Each is started when it is
// needed.

import {setTimeout as delay} from 'node:timers/promises';
import type {Reaper} from '../../local/lambda/reaper.ts';
import type {LinkSecurity} from '../bench-options.ts';
import {Child} from '../child.ts';
import type {Destination} from '../mail.ts';
import type {DelayRequest} from './delay-process.ts';
import {startEmbeddedSink} from './embedded-sink.ts';
import type {Receiver} from './receiver.ts';
import {startSmtpSink} from './smtp-sink.ts';
import type {StarttlsRequest} from './starttls-process.ts';

/** Where to connect to, and what counts the arrivals. */
export interface Place extends Destination {
  readonly receiver: Receiver;
  readonly security: LinkSecurity;
  readonly roundTripMs: number;
}

export interface PlacesOptions {
  readonly kind: 'auto' | 'embedded';
  readonly reaper: Reaper;
}

export class Places {
  readonly #options: PlacesOptions;
  readonly #receivers = new Map<LinkSecurity, Promise<Receiver>>();
  readonly #places = new Map<string, Promise<Place>>();
  readonly #closing: (() => Promise<void>)[] = [];
  #delays: Child<DelayRequest, number> | undefined;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  at(security: LinkSecurity, roundTripMs: number): Promise<Place> {
    const key = `${security} ${roundTripMs}`;
    const place = this.#places.get(key) ?? this.#open(security, roundTripMs);
    this.#places.set(key, place);
    return place;
  }

  async close(): Promise<void> {
    await Promise.all(this.#closing.splice(0).map(close => close()));
  }

  async #open(security: LinkSecurity, roundTripMs: number): Promise<Place> {
    const starting = this.#receivers.get(security) ?? this.#start(security);
    this.#receivers.set(security, starting);
    const receiver = await starting;
    const port = roundTripMs > 0 ? await this.#delayed(receiver.port, roundTripMs) : receiver.port;
    return {host: '127.0.0.1', port, receiver, security, roundTripMs};
  }

  #delayed(port: number, roundTripMs: number): Promise<number> {
    if (this.#delays === undefined) {
      this.#delays = new Child('receivers/delay-process.ts');
      this.#closing.push(() => this.#delays!.close());
    }
    return this.#delays.ask({port, roundTripMs});
  }

  async #start(security: LinkSecurity): Promise<Receiver> {
    const {kind, reaper} = this.#options;
    const sink = kind === 'embedded' ? undefined : await startSmtpSink(reaper);
    if (sink === undefined) return this.#opened(await startEmbeddedSink(security));
    this.#opened(sink);
    if (security === 'plain') return sink;
    const front = new Child<StarttlsRequest, number>('receivers/starttls-process.ts');
    this.#closing.push(() => front.close());
    const port = await front.ask({port: sink.port});
    return {...sink, name: `${sink.name} behind a TLS front`, port, security, close: async () => {}};
  }

  #opened(receiver: Receiver): Receiver {
    this.#closing.push(() => receiver.close());
    return receiver;
  }
}

interface Sender {
  readonly name: string;
  complaints?(): readonly string[];
}

/** @throws Error when the receiver does not take this many more messages of the sender soon */
export async function arrived(
  {receiver}: Place,
  before: number,
  messages: number,
  {name, complaints}: Sender,
): Promise<void> {
  const deadlineMs = performance.now() + 5000;
  for (;;) {
    const taken = (await receiver.count()) - before;
    if (taken === messages) return;
    if (taken > messages || performance.now() > deadlineMs) {
      const what = `${name} sent ${messages} messages, but the ${receiver.name} took ${taken}`;
      throw new Error([what, ...(complaints?.() ?? [])].join('\n'));
    }
    await delay(10);
  }
}
