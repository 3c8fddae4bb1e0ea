// What a fault of SMTP means to the sink.

import type {SinkReply, SmtpStage} from '../sink/sink-reply.ts';
import type {SmtpFault} from './fault.ts';

/** Undefined when the fault has nothing to do with the stage. */
export function sinkReplyOf({smtp}: SmtpFault, stage: SmtpStage): SinkReply {
  if (smtp.stage !== undefined && smtp.stage !== stage) return undefined;
  if ('delayMs' in smtp) return {delayMs: smtp.delayMs};
  if ('octetsPerSecond' in smtp) return {octetsPerSecond: smtp.octetsPerSecond};
  if ('close' in smtp) return 'drop';
  return {code: smtp.code, text: smtp.text ?? 'a fault that was asked for'};
}
