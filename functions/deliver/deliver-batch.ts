// One batch of the delivery queue: groups side by side, the messages of a group in order on a lane of their own,
// each settled as soon as its fate is known, while the next one is on its way.

import type {SQSRecord} from 'aws-lambda';
import {waitsFor} from '../../shared/delivery/settings-wait.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import {errorText} from '../runtime/log.ts';
import type {DeliverParts} from './deliver-parts.ts';
import {deliverMessage, groupOf, readRecord} from './deliver-record.ts';
import {Lane} from './lane.ts';
import type {Waits} from './pace/rate-limits.ts';

/** No message text is sent unless so much is left for the reply; or a third of the invocation, if that is less. */
const replyReserveMs = 300_000;
/** What settling the last message may take, after its transaction has ended. */
const settleReserveMs = 10_000;

/** @returns the message ids of the records that are to come again, in the order of their groups */
export async function deliverBatch(
  records: readonly SQSRecord[],
  settings: Settings,
  remainingMs: () => number,
  parts: DeliverParts,
): Promise<readonly string[]> {
  const totalMs = remainingMs();
  const deadlineMs = parts.now() + totalMs - Math.min(settleReserveMs, totalMs / 10);
  const reserveMs = Math.min(replyReserveMs, totalMs / 3);
  const lastTextMs = deadlineMs - reserveMs;
  // Asked anew each time: where this runs on a developer's machine, an environment that is to stop has no time left.
  const mayBegin = () => parts.now() <= lastTextMs && remainingMs() > 0;
  parts.settler.expect(records.length);
  const items = records.map(record => ({record, content: Promise.try(readRecord, record, parts)}));
  const read = await Promise.allSettled(items.map(({content}) => content));
  // What waits for the settings needs no slot.
  const messages = read
    .flatMap(each => (each.status === 'fulfilled' && !('fate' in each.value) ? [each.value] : []))
    .filter(message => waitsFor(message, settings, parts.now()) === undefined);
  const waits = await parts.rateLimits.waitsOf(messages, settings, parts.now);
  const groups = Map.groupBy(items, ({record}) => groupOf(record));
  const left = await Promise.all(
    [...groups].map(([group, those]) =>
      deliverGroup(group, those, settings, {totalMs, deadlineMs, lastTextMs, mayBegin}, waits, parts),
    ),
  );
  return left.flat().map(record => record.messageId);
}

interface Item {
  readonly record: SQSRecord;
  /** Rejected where reading it failed: that is the matter of this record alone. */
  readonly content: Promise<ReturnType<typeof readRecord>>;
}

interface Time {
  /** What the invocation had at its start. */
  readonly totalMs: number;
  readonly deadlineMs: number;
  /** Nothing is begun after this, and no message text sent. */
  readonly lastTextMs: number;
  readonly mayBegin: () => boolean;
}

/** @returns the records that are to come again: those that could not be settled, and those not begun */
async function deliverGroup(
  group: string,
  items: readonly Item[],
  settings: Settings,
  time: Time,
  waits: Waits,
  parts: DeliverParts,
): Promise<readonly SQSRecord[]> {
  const {log, settler, connections} = parts;
  const lane = new Lane(connections);
  const failed = new Set<SQSRecord>();
  const late = new Set<SQSRecord>();
  const tasks: Promise<void>[] = [];
  for (const {record, content} of items) {
    if (failed.size > 0 || late.size > 0 || !time.mayBegin()) break;
    const {promise: handedOver, resolve} = Promise.withResolvers<void>();
    const turn = {...time, isFirst: tasks.length === 0, handedOver: resolve};
    const task = content
      .then(known =>
        'fate' in known
          ? known
          : deliverMessage(known, group, lane, settings, {...turn, wait: waits.get(known)}, parts),
      )
      .then(settlement => {
        if (settlement === undefined) late.add(record);
        resolve();
        return settlement && settler.settle(record, settlement);
      })
      .catch(error => {
        failed.add(record);
        const id = record.messageId;
        const message = 'a message could not be settled; it comes again, and what has not begun behind it';
        log('error', message, {id, lane: group, error: errorText(error)});
        resolve();
      });
    tasks.push(task);
    await handedOver;
  }
  await Promise.all(tasks);
  await lane.close();
  const records = items.map(({record}) => record);
  const unbegun = records.slice(tasks.length);
  const left = records.filter(record => failed.has(record) || late.has(record) || unbegun.includes(record));
  if (left.length > 0) await comeAgain(left, failed.size > 0 ? backOffSeconds(time.totalMs) : () => 0, parts);
  return left;
}

/** Our own fault may last: 30 s, then twice as long each time, up to what a function that has died would cost. */
export const backOffSeconds =
  (invocationMs: number) =>
  (record: SQSRecord): number =>
    Math.ceil(
      Math.min(30 * 2 ** (Number(record.attributes.ApproximateReceiveCount) - 1), invocationMs / 1000),
    );

/** Makes records visible again: without this they would stay hidden for the queue's visibility timeout. */
export async function comeAgain(
  records: readonly SQSRecord[],
  secondsOf: (record: SQSRecord) => number,
  {sqs, deliveryUrl, log}: Pick<DeliverParts, 'sqs' | 'deliveryUrl' | 'log'>,
): Promise<void> {
  const seconds = Math.max(...records.map(secondsOf));
  const handles = records.map(record => record.receiptHandle);
  const [error] = (await sqs.hide(deliveryUrl, handles, seconds)).values();
  if (error !== undefined) log('warn', 'messages stay hidden for the visibility timeout', {error});
}
