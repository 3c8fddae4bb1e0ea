// What a command comes to: a reply, with the secrets in it masked, or a failure.

import type {Failure, Stage, Tried} from '../../../shared/smtp/failure.ts';
import {maskedReply} from '../../../shared/smtp/masked-reply.ts';
import {printable, type RawReply, type Reply, replyOf} from '../../../shared/smtp/reply.ts';

/** `lines` are for reading on, not for showing: nothing in them is masked. */
export type Answer = Tried<{readonly reply: Reply; readonly lines: readonly string[]}>;

/**
 * After the dot the digits decide, however they come: to ignore them would be to send the message again.
 * @param stage undefined when nobody has asked
 */
export function answerOf(raw: RawReply, stage: Stage = 'connect', secrets: readonly string[]): Answer {
  const shown = (text: string) => maskedReply(text, secrets, stage.startsWith('auth'));
  if (raw.code === undefined || !(raw.isValid || stage === 'message'))
    return failed(stage, 'invalid', `not an SMTP reply: ${printable(shown(raw.lines.join(' ')))}`);
  return {ok: true, reply: replyOf(raw, raw.code, shown), lines: raw.lines};
}

export function failed(stage: Stage, result: Failure['result'], description: string): Answer {
  return {ok: false, failure: {stage, result, description}};
}

/** @param wanted the first digit of the reply that lets the dialogue go on (RFC 5321 4.2.1) */
export function failureOf(answer: Answer, stage: Stage, wanted: 2 | 3): Failure | undefined {
  if (!answer.ok) return answer.failure;
  const {reply} = answer;
  if (Math.floor(reply.code / 100) === wanted) return undefined;
  return {stage, result: 'error', reply, description: reply.text};
}
