// Failures of a session: a fact without a reply, or an answer that is not the one that was wanted.

import type {Fact, Failure, Stage} from '../../../shared/smtp/verdict.ts';
import type {Answer} from './answer.ts';

export const factFailure = (stage: Stage, fact: Fact, description: string): Failure => ({
  stage,
  result: 'error',
  fact,
  description,
});

/** @param wanted the first digit of the reply that lets the dialogue go on (RFC 5321 4.2.1) */
export function failureOf(answer: Answer, stage: Stage, wanted: 2 | 3): Failure | undefined {
  if (!answer.ok) return answer.failure;
  const {reply} = answer;
  if (Math.floor(reply.code / 100) === wanted) return undefined;
  return {stage, result: 'error', reply, description: reply.text};
}
