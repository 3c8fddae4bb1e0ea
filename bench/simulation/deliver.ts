// The deliver function: batches of a delivery queue, their groups side by side, the messages of a group in order. What
// environments know, how they wait, hide and move is functions' own code; a batch is told here as deliver-batch.ts does.

import type {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import {type Hidden, Hiding} from '../../functions/deliver/hiding.ts';
import {LanePace} from '../../functions/deliver/lane-pace.ts';
import type {Deliverable} from '../../functions/deliver/read-record.ts';
import {ReceiverWatch} from '../../functions/deliver/receiver-watch.ts';
import {Suspects} from '../../functions/deliver/suspects.ts';
import {MarkTable} from '../../functions/receivers/mark-table.ts';
import {Receivers} from '../../functions/receivers/receivers.ts';
import {Visibility} from '../../functions/runtime/visibility.ts';
import {type Decide, openGates} from '../../shared/delivery/gate.ts';
import {expiry} from '../../shared/delivery/gates/expiry.ts';
import {gathering} from '../../shared/delivery/gates/gathering.ts';
import {receiver} from '../../shared/delivery/gates/receiver.ts';
import {attempted, type Outcome, stopped} from '../../shared/delivery/outcome.ts';
import {type DeliveryQueue, isUnansweredGroup} from '../../shared/delivery/receivers/placement.ts';
import {entryOf} from '../../shared/delivery/result-entry.ts';
import {attempt, type Connection} from './attempt.ts';
import type {FifoRecord} from './fifo-queue.ts';
import type {Parts} from './parts.ts';
import {Settling} from './settling.ts';

const totalMs = 900_000;
const deadlineReserveMs = 10_000;
/** As in deliver-batch.ts. */
const replyReserveMs: Readonly<Record<DeliveryQueue, number>> = {fast: 300_000, slow: 660_000};
const againMs = 2_000;

interface Item {
  readonly record: FifoRecord;
  readonly content: Deliverable;
}

export interface DeliverState {
  readonly receivers: Receivers;
  readonly visibility: Visibility;
  readonly queues: Readonly<Record<DeliveryQueue, {readonly hiding: Hiding; readonly suspects: Suspects}>>;
}

export function deliverState({clock, tables, groups, queues, meter, dice}: Parts): DeliverState {
  const {now} = clock;
  const log = () => {};
  const of = (url: string) => (queues.fast.name === url.slice(1) ? queues.fast : queues.slow);
  const sqs = {
    hide: async (url: string, records: readonly FifoRecord[], seconds: number) => {
      of(url).hide(records, seconds);
      return new Map();
    },
    maxReceiveCountOf: async () => {
      meter.fifo += 1;
      return 1000;
    },
    sendAll: async () => new Map(),
    deleteAll: async () => new Map(),
  } as never;
  const sourceUrls = [`/${queues.fast.name}`, `/${queues.slow.name}`];
  const visibility = new Visibility({sqs, sourceUrls, log, now});
  const client = {
    send: async () => {
      meter.writes += 1;
      return {};
    },
  } as unknown as DynamoDBClient;
  const marks = new MarkTable(client, '');
  const partsOf = (name: DeliveryQueue) => {
    const queueUrl = `/${queues[name].name}`;
    return {
      hiding: new Hiding({sqs, queueUrl, visibility, log, now, random: dice}),
      suspects: new Suspects({sqs, marks, queueUrl, deadLettersUrl: '', visibility, log}),
    };
  };
  const receivers = new Receivers({table: tables.receivers, log, now, groups});
  return {receivers, visibility, queues: {fast: partsOf('fast'), slow: partsOf('slow')}};
}

export async function deliver(
  name: DeliveryQueue,
  records: readonly FifoRecord[],
  state: DeliverState,
  parts: Parts,
): Promise<void> {
  const {receivers, visibility, queues} = state;
  const queue = parts.queues[name];
  await visibility.renew(records, totalMs);
  await receivers.refresh();
  const deleted = new Set<FifoRecord>();
  const left = await queues[name].suspects.deliver(records, async these => {
    const batch = new DeliverBatch(name, these as readonly FifoRecord[], {state, parts});
    const failed = await batch.deliver();
    for (const record of batch.deleted) deleted.add(record);
    return failed.map(({messageId}) => messageId);
  });
  const done = records.filter(record => !deleted.has(record) && !left.includes(record.messageId));
  if (done.length > 0) queue.delete(done);
}

class DeliverBatch {
  readonly #name: DeliveryQueue;
  readonly #items: readonly Item[];
  readonly #state: DeliverState;
  readonly #parts: Parts;
  readonly #settling: Settling;
  readonly #deadlineMs: number;
  readonly #lastTextMs: number;
  #decide: Decide = () => undefined;

  constructor(
    name: DeliveryQueue,
    records: readonly FifoRecord[],
    {state, parts}: {readonly state: DeliverState; readonly parts: Parts},
  ) {
    this.#name = name;
    this.#state = state;
    this.#parts = parts;
    this.#items = records.map(record => {
      const {mail, sentMs, receives, content} = record.entry;
      const {message, destination} = mail;
      const lane = content.groupId;
      return {record, content: {message, destination, lane, deliveryQueue: name, sentMs, receives}};
    });
    const {clock, meter, queues} = parts;
    this.#settling = new Settling(records.length, {clock, meter, queue: queues[name]});
    this.#deadlineMs = clock.nowMs + totalMs - deadlineReserveMs;
    this.#lastTextMs = this.#deadlineMs - replyReserveMs[name];
  }

  get deleted(): ReadonlySet<FifoRecord> {
    return this.#settling.deleted;
  }

  async deliver(): Promise<readonly FifoRecord[]> {
    const {settings, clock} = this.#parts;
    const {receivers} = this.#state;
    const candidates = this.#items.map(({content}) => content);
    this.#decide = await openGates([expiry, receiver(receivers), gathering], {
      candidates,
      settings,
      now: clock.now,
    });
    const groups = [...Map.groupBy(this.#items, laneOf).values()];
    const left = await Promise.all(groups.map(items => this.#deliverGroup(items)));
    await receivers.written();
    return left.flat();
  }

  async #deliverGroup(items: readonly Item[]): Promise<readonly FifoRecord[]> {
    const {clock, settings} = this.#parts;
    const {receivers, visibility, queues} = this.#state;
    const {hiding} = queues[this.#name];
    const pace = new LanePace(items[0]!.content, {receivers, now: clock.now});
    const connection: Connection = {messages: 0, isOpen: false};
    const settled = new Set<Item>();
    const tasks: Promise<void>[] = [];
    let hidden: Hidden | undefined;
    const settle = async (item: Item, outcome: Outcome) => {
      settled.add(item);
      if (outcome.fate === 'accepted') pace.accepted(outcome.timeMs);
      const settling = this.#settle(item, outcome);
      tasks.push(settling);
      if (outcome.fate === 'moved') await settling;
    };
    for (const [index, item] of items.entries()) {
      if (clock.nowMs > this.#lastTextMs) break;
      const outcome = await this.#deliverMessage(item, connection, index === 0);
      if (outcome === 'late') break;
      if ('kind' in outcome) {
        hidden = outcome;
        break;
      }
      await settle(item, outcome);
    }
    this.#settling.expectFewer(items.length - settled.size);
    await Promise.all(tasks);
    pace.report();
    const left = () => items.filter(item => !settled.has(item));
    const records = () => left().map(({record}) => record);
    if (hidden !== undefined)
      for (const [item, outcome] of await hiding.outcomesOf(left(), hidden, {settings, decide: this.#decide}))
        await settle(item as Item, outcome);
    await Promise.all(tasks);
    if (left().length === 0) return [];
    if (hidden) await hiding.hide(left(), hidden, settings);
    else await visibility.release(records(), 0);
    return records();
  }

  /** @returns no outcome where the message stays in its group */
  async #deliverMessage(
    {content}: Item,
    connection: Connection,
    isFirst: boolean,
  ): Promise<Outcome | Hidden | 'late'> {
    const {clock, settings, serverOf, trials} = this.#parts;
    const {receivers} = this.#state;
    const {destination} = content;
    const stop = this.#decide(content, clock.nowMs);
    if (stop?.kind === 'hide') return {...stop, kind: 'hidden'};
    if (stop !== undefined) return stopped(content, stop, settings, clock.nowMs);
    const watch = new ReceiverWatch(content, {receivers, now: clock.now});
    trials.set(destination.receiver, (trials.get(destination.receiver) ?? 0) + 1);
    const tried = await attempt(serverOf(destination.receiver), connection, {
      clock,
      watch,
      deadlineMs: this.#deadlineMs,
      lastTextMs: this.#lastTextMs,
      isFirst,
      messagesPerConnection: destination.capacity.messagesPerConnection,
    });
    const timeMs = clock.nowMs;
    if (tried.kind === 'out-of-time') return 'late';
    if (tried.kind === 'accepted' || tried.kind === 'failed') {
      const end =
        tried.kind === 'failed'
          ? ({ok: false, failure: tried.failure} as const)
          : ({ok: true, reply: {code: 250, text: ''}} as const);
      const entry = entryOf(end, {}, timeMs);
      return attempted(content, {...end, entry, durationMs: 0, tried: 1}, settings, timeMs);
    }
    const again = this.#decide(content, timeMs);
    const {probe} = receivers.entryOf(destination.receiver) ?? {};
    if (again?.kind === 'hold' && probe)
      return stopped(content, {...again, untilMs: probe.dueMs}, settings, timeMs);
    if (again !== undefined && again.kind !== 'hide') return stopped(content, again, settings, timeMs);
    return {kind: 'hidden', untilMs: again?.untilMs ?? timeMs + againMs, cause: again?.cause ?? 'failed'};
  }

  #settle({record, content}: Item, outcome: Outcome): Promise<void> {
    const {fates, queues} = this.#parts;
    const {mail} = record.entry;
    const stays = this.#parts.stays();
    switch (outcome.fate) {
      case 'held':
        stays.held(mail, content, outcome.stop);
        return this.#settling.settle(record, {outcome, hasResult: false, goOn: () => stays.send()});
      case 'deferred':
        mail.message = outcome.message;
        stays.deferred(mail, outcome.nextMs!);
        fates.deferrals += 1;
        return this.#settling.settle(record, {outcome, hasResult: true, goOn: () => stays.send()});
      case 'moved': {
        mail.message = outcome.message;
        const goOn = () => queues[outcome.queue].send([[mail, mail.destination.group]]);
        return this.#settling.settle(record, {outcome, hasResult: false, goOn});
      }
      default:
        if (outcome.fate === 'accepted') fates.accepted(mail);
        else fates.expired(mail);
        return this.#settling.settle(record, {outcome, hasResult: true});
    }
  }
}

/** Messages that share a connection. */
function laneOf({content: {lane, destination}}: Item): string {
  return isUnansweredGroup(lane) ? `${lane} ${destination.receiver}` : lane;
}
