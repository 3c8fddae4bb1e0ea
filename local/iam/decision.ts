// Whether a request within one account is allowed (IAM User Guide, "Policy evaluation logic"): a Deny anywhere
// ends it, an Allow of the identity's or of the resource's policy is enough, and without any it is denied.

import {type AccessRequest, applies, type Statement} from './statement.ts';

export interface Policies {
  readonly identity: readonly Statement[];
  readonly resource: readonly Statement[];
}

/** Why not: a Deny of the one or of the other policies, or no Allow in any. */
export type Refusal = 'denied by identity' | 'denied by resource' | 'not allowed';

/** Undefined when it is allowed. */
export function refusalOf(request: AccessRequest, {identity, resource}: Policies): Refusal | undefined {
  const ofIdentity = identity.filter(statement => applies(statement, request));
  const ofResource = resource
    .map(statement => ({...statement, named: statement.naming(request.principal)}))
    .filter(statement => statement.named !== 'none' && applies(statement, request));
  const denies = ({effect}: Statement) => effect === 'Deny';
  if (ofIdentity.some(denies)) return 'denied by identity';
  if (ofResource.some(denies)) return 'denied by resource';
  // An Allow for the account leaves it to the account's own policies whom it lets ("AWS account principals").
  const isAllowed = ofIdentity.length > 0 || ofResource.some(({named}) => named === 'self');
  return isAllowed ? undefined : 'not allowed';
}
