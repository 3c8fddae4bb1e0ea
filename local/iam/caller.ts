// A function that calls: who it is to IAM, its own policies, and what was decided about it before.

import type {Account} from '../account.ts';
import type {FunctionResource} from '../lambda/function-resource.ts';
import type {Context} from './condition.ts';
import type {Refusal} from './decision.ts';
import {roleIdOf} from './role-id.ts';
import type {RoleResource} from './role-resource.ts';
import {type Principal, parsePolicy, type Statement} from './statement.ts';

export interface Caller {
  readonly senderId: string;
  readonly principal: Principal;
  readonly statements: readonly Statement[];
  readonly context: Context;
  /** What was decided before, by action and resource, and under which policy of the resource. */
  readonly decided: Map<string, {readonly policy: string | undefined; readonly refusal: Refusal | undefined}>;
}

/** How many decisions are remembered. A function can ask about any number of names. */
const mostDecided = 10_000;

/** @throws Error with the name of the role whose policies cannot be read */
export function callerOf(
  {name, arn, roleLogicalId}: FunctionResource,
  {
    resources: {roles},
    account: {accountId, region},
  }: {readonly resources: {readonly roles: readonly RoleResource[]}; readonly account: Account},
): Caller {
  const role = roles.find(({logicalId}) => logicalId === roleLogicalId);
  if (role === undefined) throw new Error(`${name}: its role ${roleLogicalId} is not in the template`);
  const roleArn = `arn:aws:iam::${accountId}:role/${role.name}`;
  return {
    // Lambda names the session after the function.
    senderId: `${roleIdOf(role.name)}:${name}`,
    principal: {
      accountId,
      roleArn,
      sessionArn: `arn:aws:sts::${accountId}:assumed-role/${role.name}/${name}`,
    },
    statements: reading(roleLogicalId, () =>
      role.policies.flatMap(policy => parsePolicy(policy, 'identity')),
    ),
    context: {
      'aws:principalaccount': accountId,
      'aws:principalarn': roleArn,
      'aws:principaltype': 'AssumedRole',
      'aws:requestedregion': region,
      'aws:resourceaccount': accountId,
      // The endpoint stands for that of AWS, which speaks TLS.
      'aws:securetransport': 'true',
      'lambda:sourcefunctionarn': arn,
    },
    decided: new Map(),
  };
}

/** Decides once, and again only when the resource has another policy. */
export function remembering(
  {decided}: Caller,
  question: string,
  policy: string | undefined,
  decide: () => Refusal | undefined,
): Refusal | undefined {
  const before = decided.get(question);
  if (before !== undefined && before.policy === policy) return before.refusal;
  const refusal = decide();
  if (decided.size >= mostDecided) decided.clear();
  decided.set(question, {policy, refusal});
  return refusal;
}

/** @throws Error with the logical ID of what has the policies */
export function reading<T>(logicalId: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`the policies of ${logicalId}: ${(error as Error).message}`, {cause: error});
  }
}
