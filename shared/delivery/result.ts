// Results: what the result queues hold. A result is the message without its text and without secrets, with one entry for
// each attempt and the fate of the message so far.

import {bodyOf, type Json, type JsonObject, octetsOf, parseJson} from '../json.ts';
import {bodyPropertiesOf} from '../message/message.ts';
import {maskedText, withoutSecrets} from '../message/secrets.ts';
import {identityOf, type Tracking, trackingProperty} from '../message/tracking.ts';
import type {ResultKind} from '../names.ts';
import {problemsText} from '../parsed.ts';
import {maxBodyOctets} from '../sqs-limits.ts';
import type {Invalid, Outcome, Told} from './outcome.ts';
import {entryProperty} from './result-entry.ts';
import {nextAttemptProperty} from './schedule.ts';

/** What became of a message, as results say it: all but `deferred` are final. */
export const fates = ['accepted', 'bounced', 'deferred', 'expired', 'invalid'] as const;
export type Fate = (typeof fates)[number];

/** Outcomes that results tell of. */
export const isPublished = (outcome: Outcome): outcome is Told | Invalid =>
  fates.some(fate => fate === outcome.fate);

/** Leaves room for what the pipeline adds to a message on its way: tracking and attempts. */
export const maxMessageOctets = maxBodyOctets - 16_384;

/** The body of a result. */
export const resultOf = (outcome: Told | Invalid, extracted?: JsonObject): string =>
  outcome.fate === 'invalid' ? invalidResultOf(outcome).body : messageResultOf(outcome, extracted);

/** @param extracted what the message's text says of itself: left out where there is no room for it */
function messageResultOf({message, fate, entries, nextMs}: Told, extracted?: JsonObject): string {
  const kept = message.keepMime ? bodyPropertiesOf(message) : message.properties;
  return fitted(withoutSecrets({...kept, ...(extracted && {extracted})}), {
    relayq: resultTracking(message.tracking, fate),
    fate,
    ...(fate === 'deferred' && nextMs !== undefined && {nextattempt: nextAttemptProperty(nextMs)}),
    ...withoutSecrets({results: entries}),
  });
}

/**
 * The body of the result of something that is not a message: every problem, and the text itself.
 * @returns isQuoted false where the text is too large to be quoted: it goes to the queue for such texts
 */
export function invalidResultOf({record, refusal, timeMs}: Invalid): {
  readonly body: string;
  readonly isQuoted: boolean;
} {
  const {id, arrivedMs, body, oversizeQueue} = record;
  const {properties = {}, tracking = {id, arrivedMs, attempts: 0, holds: 0}} = refusal;
  const kept = withoutSecrets(properties);
  const entry = {
    state: 'process',
    result: 'invalid',
    class: 'other',
    timeMs,
    description: reasonOf(refusal),
    fatal: true,
  } as const;
  const told = {
    relayq: resultTracking(tracking, 'invalid'),
    fate: 'invalid',
    problems: problemsOf(refusal),
    results: [entryProperty(entry)],
  };
  const original =
    refusal.properties === undefined
      ? maskedText(body)
      : bodyOf(withoutSecrets(parseJson(body) as JsonObject));
  const whole = bodyOf({...kept, ...told, original});
  if (octetsOf(whole) <= maxResultOctets) return {body: whole, isQuoted: true};
  return {body: fitted(kept, {...told, original: null, originalAt: oversizeQueue}), isQuoted: false};
}

/** A problem can name what was given, and that can be a megabyte long. */
const maxProblemLength = 300;
const shortened = (text: string): string =>
  text.length <= maxProblemLength ? text : `${text.slice(0, maxProblemLength)}…`;

const problemsOf = ({problems}: Invalid['refusal']) =>
  problems.map(({path, problem}) => ({path: shortened(path), problem: shortened(problem)}));

/** All problems in one line. */
export const reasonOf = (refusal: Invalid['refusal']): string => problemsText(problemsOf(refusal));

/** Its key stands for the message, or for one deferral of it. By the key consumers know results that they have seen. */
function resultTracking(tracking: Tracking, fate: Fate): JsonObject {
  const identity = identityOf(tracking);
  const key = fate === 'deferred' ? `${identity}.${tracking.attempts}` : identity;
  return {...trackingProperty(tracking), key};
}

/** Leaves room for what wraps a result that waits for its queue. */
const maxResultOctets = maxBodyOctets - 256;

/** What is told of a message, and those of its properties that fit beside it. The largest are left out first. */
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
