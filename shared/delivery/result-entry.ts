// One entry of a message's results: an attempt, or a decision of the pipeline.

import type {BounceClass} from '../classes/bounce-class.ts';
import {plainClassOf} from '../classes/class-of.ts';
import type {JsonObject} from '../json.ts';
import type {Certificate} from '../smtp/certificate.ts';
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
  readonly cipher?: Cipher;
  readonly verified?: boolean;
  readonly authentication?: string;
  /** The recipient domain's policy that the connection was held to, or would have been were it not in testing. */
  readonly policy?: string;
  readonly policyFailure?: string;
  /** How many messages the connection had carried, this one included. */
  readonly messages?: number;
  /** The server may have taken the message: a later attempt may be a second copy. */
  readonly maybeSent?: boolean;

  /** What the log knows the connection by. */
  readonly connection?: string;

  // The rest only results tell, as each octet of each log line is paid for.

  /** Of a failure: whether the message ended with it. */
  readonly fatal?: boolean;
  /** How long the attempt took, at all of its hosts. */
  readonly durationMs?: number;
  readonly queue?: string;
  /** Of a success: whether the server offers DSN (RFC 3461). */
  readonly dsn?: boolean;

  // And these where the setting results-detail asks for them.

  /** The server's greeting. */
  readonly banner?: string;
  readonly certificate?: Certificate;
  /** What the connection had carried: octets of SMTP, and of the texts alone. */
  readonly sent?: {readonly connection: number; readonly data: number};
}

interface Cipher {
  readonly name: string;
  readonly version: string;
  readonly bits?: number;
  readonly id?: number;
}

/**
 * @param end how the attempt went
 * @param classOf by the rules of the settings too; without it, by ours alone
 */
export const entryOf = (
  end: Tried,
  {dsn, ...facts}: Partial<ResultEntry>,
  timeMs: number,
  classOf: (failure: Failure) => BounceClass = plainClassOf,
): ResultEntry => {
  if (end.ok) {
    const {code, status, text} = end.reply;
    const given = status ?? '2.0.0';
    return {
      state: 'message',
      result: 'accepted',
      timeMs,
      ...facts,
      code,
      status: given,
      description: text,
      ...(dsn !== undefined && {dsn}),
    };
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
    fatal: verdict.fate === 'bounced',
    ...(verdict.maybeSent && {maybeSent: true}),
  };
};

/** As results show it. */
export function entryProperty({
  timeMs,
  maybeSent,
  policyFailure,
  connection: _,
  ...entry
}: ResultEntry): JsonObject {
  return {
    ...(entry as unknown as JsonObject),
    time: utcTimeOf(timeMs),
    ...(policyFailure !== undefined && {policyfailure: policyFailure}),
    ...(maybeSent && {maybesent: true}),
  };
}

/** As log lines show it: less of it, under the same names. */
export function loggedProperty(entry: ResultEntry): JsonObject {
  const {fatal: _, durationMs, queue, dsn, banner, certificate, sent, cipher, ...logged} = entry;
  return entryProperty({
    ...logged,
    ...(cipher && {cipher: {name: cipher.name, version: cipher.version}}),
  });
}
