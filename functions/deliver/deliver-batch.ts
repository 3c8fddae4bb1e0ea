// One batch of the delivery queue: groups side by side, the messages of a group in order on a lane of their own. Each is
// settled as soon as its outcome is known, while the next one is on its way.

import type {SQSRecord} from 'aws-lambda';
import {type Gate, openGates} from '../../shared/delivery/gate.ts';
import type {Outcome} from '../../shared/delivery/outcome.ts';
import {type DeliveryQueue, isUnansweredGroup} from '../../shared/delivery/receivers/placement.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {Settler} from '../outcome/settler.ts';
import type {IdleLeases} from '../receivers/idle-leases.ts';
import {errorText, type Log} from '../runtime/log.ts';
import type {Visibility} from '../runtime/visibility.ts';
import {deliverMessage, type MessageParts, type Rules, type Unsettled} from './deliver-message.ts';
import type {Hiding} from './hiding.ts';
import {Lane} from './lane.ts';
import {LanePace} from './lane-pace.ts';
import type {Connections} from './pace/connections.ts';
import {groupOf, type Item, isDeliverable, readRecord} from './read-record.ts';
import type {Turn} from './smtp/turns.ts';

/**
 * How much time must be left for the reply when a text is sent, and the most that this may be of an invocation. The slow
 * queue leaves the ten minutes of RFC 5321 4.5.3.2.6.
 */
const replyReserve: Readonly<Record<DeliveryQueue, {readonly ms: number; readonly share: number}>> = {
  fast: {ms: 300_000, share: 1 / 3},
  slow: {ms: 660_000, share: 3 / 4},
};
/** How long settling the last message may take after its transaction has ended. */
const settleReserveMs = 10_000;

/** Made once for each environment. */
export interface DeliverParts extends MessageParts {
  /** The queue that the batch comes from. */
  readonly deliveryQueue: DeliveryQueue;
  /** What a message has to pass before it is tried, in order. */
  readonly gates: readonly Gate[];
  readonly settler: Settler;
  readonly connections: Connections;
  readonly leases: IdleLeases;
  readonly visibility: Visibility;
  readonly hiding: Hiding;
  readonly log: Log;
}

interface Time {
  /** How much time the invocation had at its start. */
  readonly totalMs: number;
  readonly deadlineMs: number;
  /** After this nothing begins, and no text is sent. */
  readonly lastTextMs: number;
  readonly mayBegin: () => boolean;
}

/** @returns the message ids of the records that are to be redelivered, in the order of their groups */
export async function deliverBatch(
  records: readonly SQSRecord[],
  settings: Settings,
  remainingMs: () => number,
  parts: DeliverParts,
): Promise<readonly string[]> {
  const {settler, gates, now} = parts;
  const time = timeOf(remainingMs, parts);
  settler.expect(records.length);
  const items = records.map((record): Item => {
    try {
      return {record, content: readRecord(record, settings, parts)};
    } catch (error) {
      return {record, content: error as Error};
    }
  });
  const candidates = items.map(({content}) => content).filter(isDeliverable);
  const rules = {settings, decide: await openGates(gates, {candidates, settings, now})};
  const groups = [...Map.groupBy(items, laneOf).values()];
  const left = await Promise.all(groups.map(group => deliverGroup(group, rules, time, parts)));
  await Promise.all([parts.receivers.written(), parts.leases.returned()]);
  return left.flat().map(record => record.messageId);
}

/** Messages that share a connection. Receivers that have not answered share a group, and are tried side by side. */
function laneOf({record, content}: Item): string {
  const group = groupOf(record);
  return isUnansweredGroup(group) && isDeliverable(content)
    ? `${group} ${content.destination.receiver}`
    : group;
}

function timeOf(remainingMs: () => number, {now, deliveryQueue}: DeliverParts): Time {
  const totalMs = remainingMs();
  const reserve = replyReserve[deliveryQueue];
  const deadlineMs = now() + totalMs - Math.min(settleReserveMs, totalMs / 10);
  const lastTextMs = deadlineMs - Math.min(reserve.ms, totalMs * reserve.share);
  // remainingMs changes: on a developer's machine an environment that has to stop has no time left.
  return {totalMs, deadlineMs, lastTextMs, mayBegin: () => now() <= lastTextMs && remainingMs() > 0};
}

/** @returns the records that are to be redelivered: those that could not be settled, are hidden, or were not begun */
async function deliverGroup(
  items: readonly Item[],
  rules: Rules,
  time: Time,
  parts: DeliverParts,
): Promise<readonly SQSRecord[]> {
  const {log, settler, connections, visibility, hiding} = parts;
  const [first] = items.map(({content}) => content).filter(isDeliverable);
  const lane = new Lane(connections, first?.destination.receiver);
  const pace = new LanePace(first, parts);
  const settled = new Set<Item>();
  const unsettled = new Map<Item, Unsettled>();
  let hasFailed = false;
  const settle = async (item: Item, outcome: Outcome | Unsettled) => {
    if ('kind' in outcome) unsettled.set(item, outcome);
    else {
      await settler.settle(item.record, outcome);
      settled.add(item);
      if (outcome.fate === 'accepted') pace.accepted();
    }
  };
  const tasks: Promise<void>[] = [];
  const attempt = async (item: Item, turn: Turn) => {
    const {record, content} = item;
    try {
      if (content instanceof Error) throw content;
      const begun = {...time, lane, turn, isFirst: tasks.length === 0};
      const outcome = 'fate' in content ? content : await deliverMessage(content, begun, rules, parts);
      const settling = settle(item, outcome);
      // Messages move one after the other, so that they stay in order.
      if ('fate' in outcome && outcome.fate === 'moved') await settling;
      turn.pass();
      await settling;
    } catch (error) {
      hasFailed = true;
      const message = 'message not settled; it and the rest of its group will be redelivered';
      log('error', message, {id: record.messageId, lane: groupOf(record), error: errorText(error)});
      turn.pass();
    }
  };
  for (const item of items) {
    const turn = await lane.nextTurn();
    if (hasFailed || unsettled.size > 0 || !time.mayBegin()) {
      turn.pass();
      break;
    }
    tasks.push(attempt(item, turn));
  }
  await Promise.all(tasks);
  await lane.close();
  pace.report();
  const hidden = [...unsettled.values()].find(each => each.kind === 'hidden');
  const left = () => items.filter(item => !settled.has(item));
  const records = () => left().map(({record}) => record);
  try {
    if (hidden !== undefined && !hasFailed) {
      const outcomes = await hiding.outcomesOf(left(), hidden, rules);
      for (const [item, outcome] of outcomes) await settle(item, outcome);
    }
  } catch (error) {
    hasFailed = true;
    log('error', 'messages not settled; they will be redelivered', {
      lane: groupOf(items[0]!.record),
      error: errorText(error),
    });
  }
  if (left().length === 0) return [];
  if (hasFailed) await visibility.backOff(records(), time.totalMs);
  else if (hidden) await hiding.hide(left(), hidden, rules.settings);
  else await visibility.release(records(), 0);
  return records();
}
