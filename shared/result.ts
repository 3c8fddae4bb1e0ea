// Results: what the result queues hold. A result is the message without its MIME and without secrets, with
// one entry for each attempt and the fate of the message so far.

import {bodyOf, type JsonObject, octetsOf, omit, parseJson} from './json.ts';
import {type Message, type Problem, problemsText} from './message.ts';
import type {ResultKind} from './names.ts';
import type {AttemptResult, Stage} from './outcome.ts';
import {maskedText, withoutSecrets} from './secrets.ts';
import {trackingProperty} from './tracking.ts';
import {utcTimeOf} from './utc-time.ts';

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

/** Leaves room in SQS's 1 MiB for what the pipeline adds to a message on its way: tracking and attempts. */
export const maxMessageOctets = 1_048_576 - 16_384;

/** What the entries of a message's attempts may take up; the first one and the newest are kept. */
const maxEntriesOctets = 12_288;

/** The attempts so far with a new one, without the middle ones when they get too large. */
export function withEntry(entries: readonly JsonObject[], entry: ResultEntry): readonly JsonObject[] {
  const all = [...entries, entryProperty(entry)];
  const octets = all.map(each => octetsOf(JSON.stringify(each)) + 1);
  let total = octets.reduce((sum, each) => sum + each, 1);
  let dropped = 0;
  while (total > maxEntriesOctets && dropped < all.length - 2) total -= octets[++dropped]!;
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
  return bodyOf({
    ...withoutSecrets(kept),
    relayq: trackingProperty(tracking),
    fate,
    results: entries,
  });
}

/** The body of the result of something that is not a message: every problem, and the text itself. */
export function invalidResultOf(
  arrival: {readonly id: string; readonly arrivedMs: number},
  problems: readonly Problem[],
  body: string,
  properties: JsonObject | undefined,
  nowMs: number,
): string {
  const description = problemsText(problems);
  const entry: ResultEntry = {state: 'process', result: 'invalid', timeMs: nowMs, description};
  return bodyOf({
    ...(properties && withoutSecrets(omit(properties, ['mime']))),
    relayq: trackingProperty({...arrival, attempts: 0, hops: 0}),
    fate: 'invalid',
    problems,
    original:
      properties === undefined ? maskedText(body) : bodyOf(withoutSecrets(parseJson(body) as JsonObject)),
    results: [entryProperty(entry)],
  });
}

/** The kinds of queue that a result of a fate is published to. */
export function kindsOf(fate: Fate): readonly ResultKind[] {
  if (fate === 'accepted') return ['results', 'success'];
  return fate === 'deferred' ? ['results', 'retry'] : ['results', 'failure'];
}
