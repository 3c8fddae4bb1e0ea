// A refusal in AWS's words (IAM User Guide, "Troubleshoot access denied error messages"), and as the service that
// refuses writes it: the name and the status of the error are its own.

import {randomUUID} from 'node:crypto';
import {AwsError} from '../aws-error.ts';
import type {Refusal} from './decision.ts';
import type {Permission} from './required-permissions.ts';

function reasonOf(refusal: Refusal, action: string): string {
  if (refusal === 'not allowed') return `because no identity-based policy allows the ${action} action`;
  const kind = refusal === 'denied by identity' ? 'an identity-based' : 'a resource-based';
  return `with an explicit deny in ${kind} policy`;
}

export function accessDenied(
  user: string,
  {action: asked, resource}: Permission,
  refusal: Refusal,
): AwsError {
  const [service] = asked.split(':');
  // SQS alone writes its actions in small letters.
  const action = service === 'sqs' ? asked.toLowerCase() : asked;
  const reason = reasonOf(refusal, action);
  const message = `User: ${user} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
  if (service === 'sqs') return new AwsError('AccessDenied', message, 403);
  // Parameter Store passes on what KMS says, and of which call.
  const origin = service === 'kms' ? ` (Service: Kms, Status Code: 400, Request ID: ${randomUUID()})` : '';
  return new AwsError('AccessDeniedException', message + origin);
}
