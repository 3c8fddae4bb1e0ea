// What a fault of SMTP means to the sink.

import type {ReplyFacts, SinkReply, SmtpStage} from '../sink/sink-reply.ts';
import {matches} from './call.ts';
import type {SmtpFault} from './fault.ts';

/** Undefined when the fault has nothing to do with the stage, or with the recipient. */
export function sinkReplyOf({smtp, recipient}: SmtpFault, stage: SmtpStage, {to}: ReplyFacts): SinkReply {
  if (smtp.stage !== undefined && smtp.stage !== stage) return undefined;
  if (recipient !== undefined && !matches(recipient, to?.at(-1) ?? '')) return undefined;
  if ('delayMs' in smtp) return {delayMs: smtp.delayMs};
  if ('octetsPerSecond' in smtp) return {octetsPerSecond: smtp.octetsPerSecond};
  if ('close' in smtp) return 'drop';
  return {code: smtp.code, text: smtp.text ?? 'a fault that was asked for'};
}
