// A FIFO queue of SQS. Which message comes next, the local cloud's SQS decides.

import type {SQSRecord} from 'aws-lambda';
import {FifoGroups} from '../../local/sqs/fifo-groups.ts';
import type {Message as SqsMessage} from '../../local/sqs/message.ts';
import type {Clock} from './clock.ts';
import type {Mail} from './mail.ts';
import type {Meter} from './meter.ts';
import {longPollMs, Waiters} from './standard-queue.ts';

/** A message in the queue. */
interface Entry {
  readonly content: {readonly groupId: string};
  readonly sequence: number;
  status: 'visible' | 'inFlight';
  readonly mail: Mail;
  readonly sentMs: number;
  receives: number;
  hides: number;
}

export interface FifoRecord extends SQSRecord {
  readonly entry: Entry;
}

export class FifoQueue {
  readonly name: string;
  readonly #clock: Clock;
  readonly #meter: Meter;
  readonly #waiters: Waiters;
  readonly #groups: FifoGroups;
  #sequence = 0;
  size = 0;

  constructor(name: string, clock: Clock, meter: Meter) {
    this.name = name;
    this.#clock = clock;
    this.#meter = meter;
    this.#waiters = new Waiters(clock);
    this.#groups = new FifoGroups();
  }

  /** In requests of ten. */
  send(mails: readonly (readonly [Mail, string])[]): void {
    this.#meter.fifo += Math.ceil(mails.length / 10);
    for (const [mail, groupId] of mails) {
      const sequence = this.#sequence++;
      const sentMs = this.#clock.nowMs;
      const entry: Entry = {
        content: {groupId},
        sequence,
        status: 'visible',
        mail,
        sentMs,
        receives: 0,
        hides: 0,
      };
      this.#groups.enter(asMessage(entry));
      this.size += 1;
    }
    this.#waiters.wake();
  }

  /** Waits for messages if there are none. */
  async receive(most: number): Promise<FifoRecord[]> {
    this.#meter.fifo += 1;
    const endMs = this.#clock.nowMs + longPollMs;
    let records = this.#take(most);
    while (records.length === 0 && this.#clock.nowMs < endMs) {
      await this.#waiters.wait(endMs - this.#clock.nowMs);
      records = this.#take(most);
    }
    if (records.length > 0) this.#waiters.wake();
    return records;
  }

  #take(most: number): FifoRecord[] {
    const records: FifoRecord[] = [];
    let previous: SqsMessage | undefined;
    while (records.length < most) {
      previous = this.#groups.take(previous);
      if (previous === undefined) break;
      const entry = previous as unknown as Entry;
      entry.status = 'inFlight';
      entry.receives += 1;
      entry.hides += 1;
      records.push(this.#recordOf(entry));
    }
    return records;
  }

  #recordOf(entry: Entry): FifoRecord {
    const {message} = entry.mail;
    return {
      entry,
      messageId: message.tracking.id,
      receiptHandle: '',
      attributes: {
        ApproximateReceiveCount: String(entry.receives),
        ApproximateFirstReceiveTimestamp: String(this.#clock.nowMs),
        SentTimestamp: String(entry.sentMs),
        SenderId: '',
        MessageGroupId: entry.content.groupId,
      },
      body: '',
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:::${this.name}`,
      awsRegion: '',
    };
  }

  /** One request. */
  hide(records: readonly FifoRecord[], seconds: number): void {
    this.#meter.fifo += 1;
    for (const {entry} of records) {
      entry.hides += 1;
      const {hides} = entry;
      const appear = () => {
        if (entry.hides !== hides) return;
        entry.status = 'visible';
        this.#groups.appear(asMessage(entry));
        this.#waiters.wake();
      };
      if (seconds === 0) appear();
      else this.#clock.at(this.#clock.nowMs + seconds * 1000, appear);
    }
  }

  /** One request. */
  delete(records: readonly FifoRecord[]): void {
    this.#meter.fifo += 1;
    for (const {entry} of records) {
      entry.hides += 1;
      this.#groups.leave(asMessage(entry));
      this.size -= 1;
    }
    this.#waiters.wake();
  }
}

/** Its content and its delivery are more to the local cloud, but not to the order of groups. */
const asMessage = (entry: Entry): SqsMessage => entry as unknown as SqsMessage;
