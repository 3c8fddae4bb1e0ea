// Results: what the result queues hold. A result is the message without its MIME and without secrets, with
// one entry for each attempt and the fate of the message so far.

import {bodyOf, type Json, type JsonObject, octetsOf, omit, parseJson} from '../json.ts';
import type {Message, Refusal, ResultQueues} from '../message/message.ts';
import {maskedText, withoutSecrets} from '../message/secrets.ts';
import {type Arrival, identityOf, type Tracking, trackingProperty} from '../message/tracking.ts';
import {type ResultKind, resultKinds} from '../names.ts';
import {problemsText} from '../problem.ts';
import type {Settings} from '../settings/settings.ts';
import type {AttemptResult, Stage} from '../smtp/verdict.ts';
import {utcTimeOf} from '../utc-time.ts';

/** What became of a message: all but `deferred` are final. */
export const fates = ['accepted', 'bounced', 'deferred', 'expired', 'invalid'] as const;
export type Fate = (typeof fates)[number];

/** One attempt, or one decision of the pipeline (state `process`). */
export interface ResultEntry {
  readonly state: Stage | 'process';
  readonly result: AttemptResult;
  readonly timeMs: number;
  /** The host that the attempt ended at, as the MX record or the settings name it. */
  readonly mta?: string;
  /** Our address and the server's, when there was a connection. */
  readonly from?: string;
  readonly to?: string;
  readonly code?: number;
  readonly status?: string;
  readonly description?: string;
  readonly cipher?: {readonly name: string; readonly version: string};
  readonly verified?: boolean;
  readonly authentication?: string;
  /** The recipient domain's policy that the connection was held to, or would have been were it not in testing. */
  readonly policy?: string;
  readonly policyFailure?: string;
  /** How many messages the connection had carried, this one included. */
  readonly messages?: number;
  /** The server may have taken the message: a later attempt may be a second copy. */
  readonly maybeSent?: boolean;
}

export function entryProperty({timeMs, maybeSent, policyFailure, ...entry}: ResultEntry): JsonObject {
  return {
    ...(entry as unknown as JsonObject),
    time: utcTimeOf(timeMs),
    ...(policyFailure !== undefined && {policyfailure: policyFailure}),
    ...(maybeSent && {maybesent: true}),
  };
}

/** SQS takes so much in a message (SendMessage). */
export const maxBodyOctets = 1_048_576;

/** Leaves room for what the pipeline adds to a message on its way: tracking and attempts. */
export const maxMessageOctets = maxBodyOctets - 16_384;

/** What the entries of a message's attempts may take up. */
export const maxEntriesOctets = 12_288;

/**
 * The attempts so far with a new one. When they get too large, the first one and the newest are kept, and of those
 * between as many as there is room for; at the last, the newest alone.
 */
export function withEntry(entries: readonly JsonObject[], entry: ResultEntry): readonly JsonObject[] {
  const all = [...entries, entryProperty(entry)];
  const octets = all.map(each => octetsOf(JSON.stringify(each)) + 1);
  let total = octets.reduce((sum, each) => sum + each, 1);
  let dropped = 0;
  while (total > maxEntriesOctets && dropped < all.length - 2) total -= octets[++dropped]!;
  if (total > maxEntriesOctets) return all.slice(-1);
  return dropped === 0 ? all : all.toSpliced(1, dropped);
}

/** The body of a result. */
export function resultOf(
  message: Message,
  fate: Fate,
  entries: readonly JsonObject[],
  tracking = message.tracking,
): string {
  const kept = message.keepMime ? message.properties : omit(message.properties, ['mime']);
  return fitted(withoutSecrets(kept), {
    relayq: resultTracking(tracking, fate),
    fate,
    ...withoutSecrets({results: entries}),
  });
}

/**
 * The body of the result of something that is not a message: every problem, and the text itself.
 * @param oversizeQueue where the text is to go when it is too large to be quoted
 */
export function invalidResultOf(
  {id, arrivedMs, body, oversizeQueue}: Arrival & {readonly body: string; readonly oversizeQueue: string},
  {problems: all, properties, tracking = {id, arrivedMs, attempts: 0, holds: 0}}: Omit<Refusal, 'queues'>,
  nowMs: number,
): {readonly body: string; readonly reason: string; readonly isQuoted: boolean} {
  const problems = all.map(({path, problem}) => ({path: shortened(path), problem: shortened(problem)}));
  const reason = problemsText(problems);
  const entry: ResultEntry = {state: 'process', result: 'invalid', timeMs: nowMs, description: reason};
  const kept = properties ? withoutSecrets(omit(properties, ['mime'])) : {};
  const told = {
    relayq: resultTracking(tracking, 'invalid'),
    fate: 'invalid',
    problems,
    results: [entryProperty(entry)],
  };
  const original =
    properties === undefined ? maskedText(body) : bodyOf(withoutSecrets(parseJson(body) as JsonObject));
  const whole = bodyOf({...kept, ...told, original});
  if (octetsOf(whole) <= maxResultOctets) return {body: whole, reason, isQuoted: true};
  const pointer = fitted(kept, {...told, original: null, originalAt: oversizeQueue});
  return {body: pointer, reason, isQuoted: false};
}

/** A problem can name what was given, and that can be a megabyte long. */
const maxProblemLength = 300;
const shortened = (text: string): string =>
  text.length <= maxProblemLength ? text : `${text.slice(0, maxProblemLength)}…`;

/** With the key by which consumers know a result that they have seen: the message, or one deferral of it. */
function resultTracking(tracking: Tracking, fate: Fate): JsonObject {
  const identity = identityOf(tracking);
  const key = fate === 'deferred' ? `${identity}.${tracking.attempts}` : identity;
  return {...trackingProperty(tracking), key};
}

/** A result that waits for its queue is wrapped, in less than the difference. */
const maxResultOctets = maxBodyOctets - 256;

/** What is told of a message, and of its properties what fits beside it: the largest are left out first. */
function fitted(properties: JsonObject, told: JsonObject & {readonly relayq: JsonObject}): string {
  const whole = bodyOf({...properties, ...told});
  if (octetsOf(whole) <= maxResultOctets) return whole;
  const sized = Object.entries(properties)
    .filter(([name]) => !Object.hasOwn(told, name))
    .map(([name, value]) => ({name, value, octets: octetsOf(bodyOf({[name]: value}))}))
    .sort((a, b) => a.octets - b.octets);
  const tellsHowMany = (omitted: number) => ({...told, relayq: {...told.relayq, omitted}});
  let room = maxResultOctets - octetsOf(bodyOf(tellsHowMany(sized.length)));
  const kept: [string, Json][] = [];
  for (const {name, value, octets} of sized) {
    room -= octets;
    if (room < 0) break;
    kept.push([name, value]);
  }
  return bodyOf({...Object.fromEntries(kept), ...tellsHowMany(sized.length - kept.length)});
}

/** The kinds of queue that a result of a fate is published to. */
export function kindsOf(fate: Fate): readonly ResultKind[] {
  if (fate === 'accepted') return ['results', 'success'];
  return fate === 'deferred' ? ['results', 'retry'] : ['results', 'failure'];
}

/** Where results go: a kind that the stage does without goes only to a queue that the message itself names. */
export const queuesOf = (
  named: ResultQueues,
  {resultsKinds}: Pick<Settings, 'resultsKinds'>,
): ResultQueues => ({
  ...Object.fromEntries(resultKinds.filter(kind => !resultsKinds.has(kind)).map(kind => [kind, null])),
  ...named,
});
