// The errors of a service in trouble, as AWS writes them. What they are is in the service's definition.

import type {AwsError} from '../aws-error.ts';
import type {AwsRequest} from '../endpoint/aws-service.ts';
import {accessDenied} from '../iam/access-denied.ts';
import type {Trouble, Troubles} from '../service-definition.ts';
import {type AnyService, definitionOf, services} from '../services.ts';

type Troubled = Extract<(typeof services)[number], {readonly troubles?: Troubles}>['name'];

/** The services that faults can strike, by name. */
export const troubledServices = (services as readonly AnyService[])
  .filter(({troubles}) => troubles !== undefined)
  .map(({name}) => name as Troubled);

const user = 'arn:aws:sts::000000000000:assumed-role/relayq';

export function errorOf(trouble: Trouble | 'refuse', {service, operation}: AwsRequest): AwsError {
  if (trouble !== 'refuse') return definitionOf(service)!.troubles![trouble]();
  // The actions of SQS's batches are those of their entries (Service Authorization Reference, Amazon SQS).
  const action = `${service}:${operation.replace(/Batch$/, '')}`;
  return accessDenied(user, {action}, 'not allowed');
}
