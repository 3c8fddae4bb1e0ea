// Whether a request within one account is allowed (IAM User Guide, "Policy evaluation logic"). Any Deny denies it. If there
// is none, an Allow in a policy of the identity or of the resource is enough. Without one it is denied.

import {type AccessRequest, applies, type Statement} from './statement.ts';

export interface Policies {
  readonly identity: readonly Statement[];
  readonly resource: readonly Statement[];
}

/** Why a request is not allowed: a policy denies it, or none allows it. */
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
  // An Allow for the account is not enough: the account's own policies decide who may ("AWS account principals").
  const isAllowed = ofIdentity.length > 0 || ofResource.some(({named}) => named === 'self');
  return isAllowed ? undefined : 'not allowed';
}
