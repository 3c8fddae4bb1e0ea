// What a command comes to: a reply, with the secrets in it masked, or a failure.

import {maskedReply} from '../../../shared/smtp/masked-reply.ts';
import {printable, type RawReply, type Reply, replyOf} from '../../../shared/smtp/reply.ts';
import type {Failure, Stage} from '../../../shared/smtp/verdict.ts';

export type Answer =
  /** `lines` are for reading on, not for showing: nothing in them is masked. */
  | {readonly ok: true; readonly reply: Reply; readonly lines: readonly string[]}
  | {readonly ok: false; readonly failure: Failure};

/**
 * After the dot the digits decide, however they come: not to know what the server has said would be to send the
 * message again.
 * @param stage undefined when nobody has asked
 */
export function answerOf(raw: RawReply, stage: Stage = 'connect', secrets: readonly string[]): Answer {
  const shown = (text: string) => maskedReply(text, secrets, stage.startsWith('auth'));
  if (raw.code === undefined || !(raw.isValid || stage === 'message'))
    return failed(stage, 'invalid', `not an SMTP reply: ${printable(shown(raw.lines.join(' ')))}`);
  return {ok: true, reply: replyOf(raw, raw.code, shown), lines: raw.lines};
}

export const failed = (stage: Stage, result: Failure['result'], description: string): Answer => ({
  ok: false,
  failure: {stage, result, description},
});

/** For showing. */
export const wordsOf = (answer: Answer): string =>
  answer.ok ? `${answer.reply.code} ${answer.reply.text}` : answer.failure.description;
