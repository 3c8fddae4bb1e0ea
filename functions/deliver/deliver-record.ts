// One record of the delivery queue: read, attempted unless something forbids it, its fate decided and logged.
// Writing the fate down is the settler's business.

import type {SQSRecord} from 'aws-lambda';
import {type NextHop, nextHopName, resolveDestination} from '../../shared/delivery/destination.ts';
import {
  decideFate,
  entryOf,
  type Held,
  holdForRate,
  holdUntil,
  type Settlement,
} from '../../shared/delivery/fate.ts';
import type {Wait} from '../../shared/delivery/rate.ts';
import {expire} from '../../shared/delivery/route.ts';
import {expiredBecause} from '../../shared/delivery/schedule.ts';
import {waitsFor} from '../../shared/delivery/settings-wait.ts';
import {type Message, parseMessage} from '../../shared/message/message.ts';
import {problemsText} from '../../shared/problem.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import {arrivalOf} from '../runtime/record.ts';
import {type Attempt, attemptDelivery} from './attempt.ts';
import type {DeliverParts} from './deliver-parts.ts';
import type {Lane} from './lane.ts';

/** The route function has composed it. */
export type Text = Message & {readonly mime: string};

interface Turn {
  readonly deadlineMs: number;
  readonly lastTextMs: number;
  readonly isFirst: boolean;
  /** When it is over the rate of its queue. */
  readonly wait: Wait | undefined;
  /** To be called when the next message of the group may begin. */
  readonly handedOver: () => void;
}

/** @returns the fate instead, where it is known without an attempt */
export function readRecord(
  record: SQSRecord,
  {settler, log, now}: Pick<DeliverParts, 'settler' | 'log' | 'now'>,
): Text | Settlement | Held {
  const about = {id: record.messageId, lane: groupOf(record)};
  const known = settler.remembered(record);
  if (known !== undefined) {
    log('warn', 'a message came again that was dealt with; its fate stays', about);
    return known;
  }
  const parsed = parseMessage(record.body, arrivalOf(record, true));
  if (parsed.ok && typeof parsed.message.mime === 'string') return parsed.message as Text;
  // The route function has checked it: what was put here by hand, or by another version, it has to see first.
  const reason = parsed.ok ? 'its mime is not text yet' : problemsText(parsed.problems);
  log('warn', 'message held: it goes to the route function, which answers or mends it', {...about, reason});
  return parsed.ok
    ? holdUntil(parsed.message, now(), now())
    : {fate: 'held', again: {body: record.body, delaySeconds: 0}};
}

export const groupOf = (record: SQSRecord): string => record.attributes.MessageGroupId ?? '';

/** @returns undefined when the function's time is over: the message is to come again as it is */
export async function deliverMessage(
  message: Text,
  group: string,
  lane: Lane,
  settings: Settings,
  {handedOver, wait, ...time}: Turn,
  parts: Pick<DeliverParts, 'nextHops' | 'sites' | 'log' | 'now' | 'onRefusedCredentials'>,
): Promise<Settlement | Held | undefined> {
  const {log, now, nextHops, sites} = parts;
  const {tracking, recipient, tags} = message;
  const startMs = now();
  const reason = expiredBecause(message, settings, tracking.attempts, startMs);
  const destination = resolveDestination(message, settings);
  const {queue, nextHop: hop} = destination;
  const nextHop = nextHopName(hop);
  const about = {id: tracking.id, queue, lane: group, domain: recipient.domain};
  if (reason !== undefined) {
    log('warn', 'message expired', {...about, state: 'process', result: 'timeout', reason});
    return expire(message, reason, settings, startMs);
  }
  const settingsWait = waitsFor(message, settings, startMs);
  if (settingsWait !== undefined) {
    const held = holdUntil(message, settingsWait.untilMs, startMs);
    const {delaySeconds} = held.again;
    log('info', 'message held: settings are not known', {
      ...about,
      reason: settingsWait.reason,
      delaySeconds,
    });
    return held;
  }
  if (wait !== undefined) {
    const held = holdForRate(message, wait, startMs);
    const {delaySeconds} = held.again;
    log('info', 'message held: its queue is over its rate', {...about, nextHop, delaySeconds});
    return held;
  }
  const attempt = await attemptDelivery(message, destination, lane, settings, {
    ...time,
    now,
    nextHops,
    sites,
    handedOver,
  });
  if ('outOfTime' in attempt) return undefined;
  if ('heldUntilMs' in attempt) {
    const held = holdUntil(message, attempt.heldUntilMs, now());
    const {full} = attempt;
    log('warn', `message held: its next hop ${full ? 'has no room for another connection' : 'is down'}`, {
      ...about,
      nextHop,
      delaySeconds: held.again.delaySeconds,
      ...(full && {reply: full.description}),
    });
    return held;
  }
  const entry = entryOf(attempt, factsOf(attempt, hop), now());
  const settlement = decideFate(message, attempt, entry, settings, now());
  const {state, result, timeMs: _, description: reply, ...facts} = entry;
  const fine = settlement.fate === 'accepted' && facts.policyFailure === undefined;
  log(fine ? 'info' : 'warn', 'attempt', {
    ...about,
    nextHop,
    hop: hop.kind,
    fate: settlement.fate,
    state,
    result,
    ...facts,
    reply,
    durationMs: now() - startMs,
    attempt: tracking.attempts + 1,
    ...(attempt.tried > 1 && {tried: attempt.tried}),
    ...(attempt.passed && {passed: attempt.passed}),
    ...(tags.length > 0 && {tags}),
  });
  // Those of a message's own smarthost are its producer's matter: the result tells.
  if (attempt.complaint !== undefined && (hop.kind === 'sink' || !message.smarthost)) {
    const {fact, description} = attempt.complaint;
    const complaint =
      fact === 'authentication-wanted'
        ? 'the server wants other credentials than those of the settings, or does not relay for us'
        : 'the server refused the credentials of the settings, or could not be given them';
    log('error', complaint, {nextHop, reply: description});
    parts.onRefusedCredentials();
  }
  return settlement;
}

const factsOf = ({mta, facts, messages}: Attempt, hop: NextHop) => ({
  ...(mta !== undefined && {mta}),
  ...('missingCredential' in hop && {
    authentication: `none: smarthost.${hop.missingCredential} is missing`,
  }),
  ...facts,
  ...(messages !== undefined && messages > 0 && {messages}),
});
