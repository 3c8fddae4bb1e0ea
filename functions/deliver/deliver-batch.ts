// One batch of the delivery queue: groups side by side, the messages of a group in order on a lane of their own. Each is
// settled as soon as its outcome is known, while the next one is on its way.

import type {SQSRecord} from 'aws-lambda';
import {type Gate, openGates} from '../../shared/delivery/gate.ts';
import type {Outcome} from '../../shared/delivery/outcome.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {Settler} from '../outcome/settler.ts';
import {errorText, type Log} from '../runtime/log.ts';
import type {Visibility} from '../runtime/visibility.ts';
import type {AttemptOptions} from './attempt.ts';
import {deliverMessage, type Rules} from './deliver-message.ts';
import {Lane} from './lane.ts';
import type {Connections} from './pace/connections.ts';
import {type Deliverable, groupOf, readRecord} from './read-record.ts';
import type {Turn} from './smtp/turns.ts';

/** How much time must be left for the reply when a text is sent; or a third of the invocation, if that is less. */
const replyReserveMs = 300_000;
/** How long settling the last message may take after its transaction has ended. */
const settleReserveMs = 10_000;

/** Made once for each environment. */
export interface DeliverParts extends Pick<AttemptOptions, 'nextHops' | 'troubles' | 'contentOf' | 'now'> {
  /** What a message has to pass before it is tried, in order. */
  readonly gates: readonly Gate[];
  readonly settler: Settler;
  readonly connections: Connections;
  readonly visibility: Visibility;
  readonly log: Log;
}

interface Item {
  readonly record: SQSRecord;
  /** An error where the record could not be read: the other records go on. */
  readonly content: Deliverable | Outcome | Error;
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
  const time = timeOf(remainingMs, now);
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
  const groups = [...Map.groupBy(items, ({record}) => groupOf(record)).values()];
  const left = await Promise.all(groups.map(group => deliverGroup(group, rules, time, parts)));
  return left.flat().map(record => record.messageId);
}

function timeOf(remainingMs: () => number, now: () => number): Time {
  const totalMs = remainingMs();
  const deadlineMs = now() + totalMs - Math.min(settleReserveMs, totalMs / 10);
  const lastTextMs = deadlineMs - Math.min(replyReserveMs, totalMs / 3);
  // remainingMs changes: on a developer's machine an environment that has to stop has no time left.
  return {totalMs, deadlineMs, lastTextMs, mayBegin: () => now() <= lastTextMs && remainingMs() > 0};
}

const isDeliverable = (content: Item['content']): content is Deliverable =>
  !(content instanceof Error) && !('fate' in content);

/** @returns the records that are to be redelivered: those that could not be settled, and those not begun */
async function deliverGroup(
  items: readonly Item[],
  rules: Rules,
  time: Time,
  parts: DeliverParts,
): Promise<readonly SQSRecord[]> {
  const {log, settler, connections, visibility} = parts;
  const lane = new Lane(connections);
  const failed = new Set<SQSRecord>();
  const late = new Set<SQSRecord>();
  const tasks: Promise<void>[] = [];
  const settle = async ({record, content}: Item, turn: Turn) => {
    try {
      if (content instanceof Error) throw content;
      const begun = {...time, lane, turn, isFirst: tasks.length === 0};
      const outcome = 'fate' in content ? content : await deliverMessage(content, begun, rules, parts);
      if (outcome === undefined) late.add(record);
      turn.pass();
      if (outcome !== undefined) await settler.settle(record, outcome);
    } catch (error) {
      failed.add(record);
      const message = 'message not settled; it and the rest of its group will be redelivered';
      log('error', message, {id: record.messageId, lane: groupOf(record), error: errorText(error)});
      turn.pass();
    }
  };
  for (const item of items) {
    const turn = await lane.nextTurn();
    if (failed.size > 0 || late.size > 0 || !time.mayBegin()) {
      turn.pass();
      break;
    }
    tasks.push(settle(item, turn));
  }
  await Promise.all(tasks);
  await lane.close();
  const records = items.map(({record}) => record);
  const unbegun = records.slice(tasks.length);
  const left = records.filter(record => failed.has(record) || late.has(record) || unbegun.includes(record));
  if (left.length > 0)
    await (failed.size > 0 ? visibility.backOff(left, time.totalMs) : visibility.release(left, 0));
  return left;
}
