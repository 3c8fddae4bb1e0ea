// Where the mail goes: receivers of each kind, at each round-trip time. Each is started when it is needed.

import {mkdtemp} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import type {Reaper} from '../../local/lambda/reaper.ts';
import {Child} from '../child.ts';
import type {Destination} from '../mail.ts';
import type {DelayRequest} from './delay-process.ts';
import {startEmbeddedSink} from './embedded-sink.ts';
import {keyOf, type Line} from './line.ts';
import {startPostfixReceiver} from './postfix-receiver.ts';
import type {Receiver} from './receiver.ts';
import {startSmtpSink} from './smtp-sink.ts';

/** Where to connect to, and what counts the arrivals. */
export interface Place extends Destination {
  readonly receiver: Receiver;
  readonly line: Line;
  readonly roundTripMs: number;
}

export interface PlacesOptions {
  /** Of the benchmark's own; the reaper removes it. */
  readonly directory: string;
  readonly reaper: Reaper;
}

export class Places {
  readonly #options: PlacesOptions;
  readonly #receivers = new Map<string, Promise<Receiver>>();
  readonly #places = new Map<string, Promise<Place>>();
  readonly #closing: (() => Promise<void>)[] = [];
  #delays: Child<DelayRequest, number> | undefined;

  constructor(options: PlacesOptions) {
    this.#options = options;
  }

  at(line: Line, roundTripMs: number): Promise<Place> {
    const key = `${keyOf(line)} ${roundTripMs}`;
    const place = this.#places.get(key) ?? this.#open(line, roundTripMs);
    this.#places.set(key, place);
    return place;
  }

  async close(): Promise<void> {
    await Promise.all(this.#closing.splice(0).map(close => close()));
  }

  async #open(line: Line, roundTripMs: number): Promise<Place> {
    const key = keyOf(line);
    const starting = this.#receivers.get(key) ?? this.#start(line);
    this.#receivers.set(key, starting);
    const receiver = await starting;
    const port = roundTripMs > 0 ? await this.#delayed(receiver.port, roundTripMs) : receiver.port;
    return {host: '127.0.0.1', port, receiver, line, roundTripMs};
  }

  #delayed(port: number, roundTripMs: number): Promise<number> {
    if (this.#delays === undefined) {
      this.#delays = new Child('receivers/delay-process.ts');
      this.#closing.push(() => this.#delays!.close());
    }
    return this.#delays.ask({port, roundTripMs});
  }

  async #start(line: Line): Promise<Receiver> {
    const receiver = await this.#receiverOf(line);
    this.#closing.push(() => receiver.close());
    return receiver;
  }

  async #receiverOf(line: Line): Promise<Receiver> {
    const {directory, reaper} = this.#options;
    switch (line.kind) {
      case 'embedded':
        return startEmbeddedSink(line);
      case 'smtp-sink':
        return startSmtpSink(reaper);
      case 'postfix':
        return startPostfixReceiver(await mkdtemp(join(directory, 'receiver-')), line.transfer, reaper);
    }
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
