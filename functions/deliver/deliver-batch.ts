// One batch of the delivery queue: groups side by side, the messages of a group in order, each settled as soon
// as its fate is known.

import type {SQSRecord} from 'aws-lambda';
import {decideFate, entryOf, type Settlement} from '../../shared/fate.ts';
import {omit} from '../../shared/json.ts';
import {type Message, parseMessage, problemsText} from '../../shared/message.ts';
import {invalidResultOf} from '../../shared/result.ts';
import {expire} from '../../shared/route.ts';
import {nextHopName, queueOf, resolveNextHop} from '../../shared/routing.ts';
import {expiredBecause} from '../../shared/schedule.ts';
import type {Settings} from '../../shared/settings.ts';
import {arrivalOf} from '../batch.ts';
import {errorText, type Log} from '../log.ts';
import type {Queues} from '../queues.ts';
import type {Results} from '../results.ts';
import {type Attempt, attemptDelivery} from './attempt.ts';
import {Lane} from './lane.ts';

export interface DeliverParts {
  readonly queues: Queues;
  readonly results: Results;
  readonly urls: {readonly outboxUrl: string; readonly deliveryUrl: string};
  readonly log: Log;
  readonly now: () => number;
  readonly random: () => number;
  /** Called when a server refused the credentials of the settings. */
  readonly onRefusedCredentials: () => void;
}

/** A transaction starts only while so much of the invocation is left; also a third of it, if that is less. */
const startReserveMs = 300_000;
/** What settling the last message may take, after its transaction has ended. */
const settleReserveMs = 10_000;

type Text = Message & {readonly mime: string};

/** @returns the message ids of the records that are to come again, in the order of their groups */
export async function deliverBatch(
  records: readonly SQSRecord[],
  settings: Settings,
  remainingMs: () => number,
  parts: DeliverParts,
): Promise<readonly string[]> {
  const totalMs = remainingMs();
  const deadlineMs = parts.now() + totalMs - Math.min(settleReserveMs, totalMs / 10);
  const reserveMs = Math.min(startReserveMs, totalMs / 3);
  const groups = Map.groupBy(records, record => record.attributes.MessageGroupId ?? '');
  const left = await Promise.all(
    [...groups].map(([group, those]) =>
      deliverGroup(group, those, settings, {deadlineMs, hasTime: () => remainingMs() > reserveMs}, parts),
    ),
  );
  return left.flat().map(record => record.messageId);
}

interface Time {
  readonly deadlineMs: number;
  readonly hasTime: () => boolean;
}

/** @returns the records that were not dealt with: from the first failure on, so that their order stays */
async function deliverGroup(
  group: string,
  records: readonly SQSRecord[],
  settings: Settings,
  time: Time,
  parts: DeliverParts,
): Promise<readonly SQSRecord[]> {
  const {queues, urls, log} = parts;
  const lane = new Lane();
  try {
    for (const [index, record] of records.entries()) {
      if (!time.hasTime()) return await comeAgain(records.slice(index), () => 0, parts);
      try {
        await settle(await deliver(record, group, lane, settings, time, parts), parts);
        await queues.delete(urls.deliveryUrl, record.receiptHandle);
      } catch (error) {
        log('error', 'a message could not be settled; it comes again, and what is behind it', {
          id: record.messageId,
          lane: group,
          error: errorText(error),
        });
        return await comeAgain(records.slice(index), backOffSeconds, parts);
      }
    }
    return [];
  } finally {
    lane.close();
  }
}

/** Our own fault may last: 30 s, then twice as long each time, up to the queue's own visibility timeout. */
const backOffSeconds = (record: SQSRecord): number =>
  Math.min(30 * 2 ** (Number(record.attributes.ApproximateReceiveCount) - 1), 900);

/** Makes records visible again: without this they would stay hidden for the queue's visibility timeout. */
async function comeAgain(
  records: readonly SQSRecord[],
  secondsOf: (record: SQSRecord) => number,
  {queues, urls, log}: DeliverParts,
): Promise<readonly SQSRecord[]> {
  const seconds = Math.max(...records.map(secondsOf));
  await queues
    .hide(
      urls.deliveryUrl,
      records.map(record => record.receiptHandle),
      seconds,
    )
    .catch(error =>
      log('warn', 'messages stay hidden for the visibility timeout', {error: errorText(error)}),
    );
  return records;
}

/** Everything about a message but the writing down of its fate. */
async function deliver(
  record: SQSRecord,
  group: string,
  lane: Lane,
  settings: Settings,
  {deadlineMs}: Time,
  parts: DeliverParts,
): Promise<Settlement> {
  const {log, now, random} = parts;
  const arrival = arrivalOf(record);
  const parsed = parseMessage(record.body, arrival);
  // The route function has checked it: only what was put on this queue by hand can be wrong.
  if (!parsed.ok || typeof parsed.message.mime !== 'string') {
    const {problems, properties, queues} = parsed.ok
      ? {problems: [{path: 'mime', problem: 'must be text here'}], ...parsed.message}
      : parsed;
    log('warn', 'message invalid', {id: arrival.id, lane: group, reason: problemsText(problems)});
    return {
      fate: 'invalid',
      body: invalidResultOf(arrival, problems, record.body, properties, now()),
      queues,
    };
  }
  const message = parsed.message as Text;
  const {tracking, recipient, tags} = message;
  const startMs = now();
  const reason = expiredBecause(message, settings, tracking.attempts, startMs);
  const hop = resolveNextHop(message, settings);
  const about = {id: tracking.id, queue: queueOf(message, settings), lane: group, domain: recipient.domain};
  if (reason !== undefined) {
    log('warn', 'message expired', {...about, state: 'process', result: 'timeout', reason});
    return expire(message, reason, startMs);
  }
  const attempt = await attemptDelivery(message, hop, lane, settings, {deadlineMs, now}, random);
  const entry = entryOf(attempt, factsOf(attempt), now());
  const settlement = decideFate(message, attempt, entry, settings, now());
  const {state, result, timeMs: _, description: reply, ...facts} = entry;
  log(settlement.fate === 'accepted' ? 'info' : 'warn', 'attempt', {
    ...about,
    nextHop: nextHopName(hop),
    hop: hop.kind,
    fate: settlement.fate,
    state,
    result,
    ...facts,
    reply,
    durationMs: now() - startMs,
    attempt: tracking.attempts + 1,
    ...(attempt.tried > 1 && {tried: attempt.tried}),
    ...(tags.length > 0 && {tags}),
  });
  if (!attempt.accepted && attempt.failure.stage.startsWith('auth') && !message.smarthost) {
    log('error', 'the server refused the credentials of the settings, or could not be given them', {
      nextHop: nextHopName(hop),
      reply,
    });
    parts.onRefusedCredentials();
  }
  return settlement;
}

const factsOf = ({mta, facts, messages}: Attempt) => ({
  ...(mta !== undefined && {mta}),
  ...facts,
  ...(messages !== undefined && messages > 0 && {messages}),
});

/** The way back first, then the word about it: a result that promises another attempt must not come alone. */
async function settle({fate, body, queues: names, again}: Settlement, parts: DeliverParts): Promise<void> {
  const {queues, results, urls, log} = parts;
  if (again !== undefined) await queues.send(urls.outboxUrl, again);
  try {
    await results.publish(fate, body, names);
  } catch (error) {
    // Its mail is on its way, or will be: coming again would send it twice. What is lost is the notice.
    if (fate !== 'accepted' && fate !== 'deferred') throw error;
    const lost = omit(JSON.parse(body), ['mime']);
    log('error', 'a result could not be published', {fate, lost, error: errorText(error)});
  }
}
