// One batch of a delivery queue: lanes side by side. Each message is settled as soon as its outcome is known, while the
// next one is on its way.

import type {SQSRecord} from 'aws-lambda';
import {type Gate, openGates} from '../../shared/delivery/gate.ts';
import {type DeliveryQueue, isUnansweredGroup} from '../../shared/delivery/receivers/placement.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {IdleLeases} from '../receivers/idle-leases.ts';
import {LaneDelivery, type LaneDeliveryParts, type Time} from './lane-delivery.ts';
import {groupOf, type Item, isDeliverable, readRecord} from './read-record.ts';

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
export interface DeliverParts extends LaneDeliveryParts {
  /** The queue that the batch comes from. */
  readonly deliveryQueue: DeliveryQueue;
  /** What a message has to pass before it is tried, in order. */
  readonly gates: readonly Gate[];
  readonly leases: IdleLeases;
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
  parts.connections.begin(groups.length);
  const left = await Promise.all(groups.map(group => new LaneDelivery(group, rules, time, parts).run()));
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
