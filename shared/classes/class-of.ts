// The class of a failure: the first rule that fits decides. Rules of the settings come first, then facts, then ours. The time it
// takes is proportional to the length of the reply, and replies are bounded (replyOf).

import type {Failure} from '../smtp/failure.ts';
import type {BounceClass} from './bounce-class.ts';
import {factClasses} from './fact-classes.ts';
import {type OwnRules, ownClassOf, ownSubjectOf} from './own-rule.ts';
import {type Fits, fitsOf, type Rule} from './rule.ts';
import {codeRules} from './rules/codes.ts';
import {contentRules} from './rules/contents.ts';
import {proofRules} from './rules/proofs.ts';
import {receiverRules} from './rules/receivers.ts';
import {recipientRules} from './rules/recipients.ts';
import {senderRules} from './rules/senders.ts';
import {serverRules} from './rules/servers.ts';
import {saidIn} from './said.ts';

/** In the order in which they are asked. */
export const rules: readonly Rule[] = [
  ...receiverRules,
  ...proofRules,
  ...senderRules,
  ...contentRules,
  ...recipientRules,
  ...serverRules,
  ...codeRules,
];

const asked: readonly (readonly [Rule, Fits])[] = rules.map(rule => [rule, fitsOf(rule)]);

/** Which of our rules decides about a reply; undefined when none does. */
export function ruleOf({stage, reply}: Pick<Failure, 'stage' | 'reply'>): Rule | undefined {
  if (reply === undefined) return undefined;
  const said = {stage, code: reply.code, status: reply.status, words: saidIn(reply.text)};
  return asked.find(([, isFitting]) => isFitting(said))?.[0];
}

/** What decides beside the failure itself. */
export interface ClassContext {
  /** The recipient's. */
  readonly domain: string;
  readonly ownRules: OwnRules;
}

export function classOf(failure: Failure, {domain, ownRules}: ClassContext): BounceClass {
  const own = ownRules.size === 0 ? undefined : ownClassOf(ownRules, ownSubjectOf(failure, domain));
  return own ?? plainClassOf(failure);
}

/** The class by our rules alone. */
export function plainClassOf(failure: Failure): BounceClass {
  const {stage, result, reply, fact} = failure;
  if (fact !== undefined) return factClasses[fact];
  if (reply !== undefined) return ruleOf({stage, reply})?.class ?? 'other';
  // What came was no reply; or nothing came, or the connection was lost.
  return result === 'invalid' ? 'protocol' : 'network';
}
