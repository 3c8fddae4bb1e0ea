// nodemailer's errors as failures: at which stage, what kind of answer, and which words may be shown.

import type {Fact, Failure, Stage} from '../../shared/outcome.ts';
import {parseReply, printable} from '../../shared/reply.ts';
import {maskedReply} from '../../shared/secrets.ts';
import type {Dialogue} from './dialogue.ts';

/** What nodemailer puts on its errors. */
export interface SmtpError extends Error {
  readonly code?: string | undefined;
  readonly response?: string | undefined;
}

export const factFailure = (stage: Stage, fact: Fact, description: string): Failure => ({
  stage,
  result: 'error',
  fact,
  description,
});

/** @param secrets what must not be shown, should the server echo it */
export function failureOf(error: SmtpError, dialogue: Dialogue, secrets: readonly string[]): Failure {
  const {stage} = dialogue;
  if (error.response) {
    const response = maskedReply(error.response, secrets);
    const reply = parseReply(response);
    if (reply) return {stage, result: 'error', reply, description: reply.text};
    return {stage, result: 'invalid', description: `not an SMTP reply: ${printable(response)}`};
  }
  const description = printable(maskedReply(error.message, secrets));
  if (error.code === 'ETIMEDOUT') return {stage, result: 'timeout', description};
  // The handshake belongs to this stage: a bad certificate, no TLS at the other end, a connection reset.
  if (stage === 'starttls' || error.code === 'ETLS')
    return factFailure('starttls', 'tls-failed', description);
  return {stage, result: 'lost', description};
}
