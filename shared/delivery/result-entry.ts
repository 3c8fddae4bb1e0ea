// One entry of a message's results: an attempt, or a decision of the pipeline.

import type {BounceClass} from '../classes/bounce-class.ts';
import {plainClassOf} from '../classes/class-of.ts';
import {type JsonObject, octetsOf} from '../json.ts';
import type {AttemptResult, Failure, Stage, Tried} from '../smtp/failure.ts';
import {judge} from '../smtp/verdict.ts';
import {utcTimeOf} from '../utc-time.ts';

export interface ResultEntry {
  /** `process` is a decision of the pipeline. */
  readonly state: Stage | 'process';
  readonly result: AttemptResult;
  /** Of what failed. */
  readonly class?: BounceClass;
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

/**
 * @param end how the attempt went
 * @param classOf by the rules of the settings too; without it, by ours alone
 */
export const entryOf = (
  end: Tried,
  facts: Partial<ResultEntry>,
  timeMs: number,
  classOf: (failure: Failure) => BounceClass = plainClassOf,
): ResultEntry => {
  if (end.ok) {
    const {code, status, text} = end.reply;
    const given = status ?? '2.0.0';
    return {state: 'message', result: 'accepted', timeMs, ...facts, code, status: given, description: text};
  }
  const {failure} = end;
  const verdict = judge(failure);
  return {
    state: failure.stage,
    result: failure.result,
    class: classOf(failure),
    timeMs,
    ...facts,
    ...(failure.reply && {code: failure.reply.code}),
    // The server's own, where it gave one, even if its class is not that of the fate.
    status: failure.reply?.status ?? verdict.status,
    description: failure.description,
    ...(verdict.maybeSent && {maybeSent: true}),
  };
};

/** As results and log lines show it: the same names in both. */
export function entryProperty({timeMs, maybeSent, policyFailure, ...entry}: ResultEntry): JsonObject {
  return {
    ...(entry as unknown as JsonObject),
    time: utcTimeOf(timeMs),
    ...(policyFailure !== undefined && {policyfailure: policyFailure}),
    ...(maybeSent && {maybesent: true}),
  };
}

/** What the entries of a message's attempts may take up. */
export const maxEntriesOctets = 12_288;

/**
 * The entries so far with a new one. When they get too large, the first one and the newest are kept, and as many of
 * those between as there is room for; in the worst case the newest alone.
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
