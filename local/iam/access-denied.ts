// A refusal in AWS's words (IAM User Guide, "Troubleshoot access denied error messages"), and as the service that
// refuses writes it.

import {randomUUID} from 'node:crypto';
import {AwsError} from '../aws-error.ts';
import {definitionOf} from '../services.ts';
import type {Refusal} from './decision.ts';
import type {Permission} from './permission.ts';

function reasonOf(refusal: Refusal, action: string): string {
  if (refusal === 'not allowed') return `because no identity-based policy allows the ${action} action`;
  const kind = refusal === 'denied by identity' ? 'an identity-based' : 'a resource-based';
  return `with an explicit deny in ${kind} policy`;
}

/** @param resource left out where it is not known */
export function accessDenied(
  user: string,
  {action: asked, resource}: Omit<Permission, 'resource'> & Partial<Permission>,
  refusal: Refusal,
): AwsError {
  const [service = ''] = asked.split(':');
  const denial = definitionOf(service)?.denial;
  const action = denial?.actionOf(asked) ?? asked;
  const what = resource === undefined ? action : `${action} on resource: ${resource}`;
  // Parameter Store passes on what KMS says, and of which call.
  const origin = service === 'kms' ? ` (Service: Kms, Status Code: 400, Request ID: ${randomUUID()})` : '';
  const message = `User: ${user} is not authorized to perform: ${what} ${reasonOf(refusal, action)}${origin}`;
  return denial?.errorOf(message) ?? new AwsError('AccessDeniedException', message);
}
