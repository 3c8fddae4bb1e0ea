// The services of the local cloud. To add one, write its folder and add a line here.

import {cloudFormation} from './cloudformation/definition.ts';
import {cloudWatch} from './cloudwatch/definition.ts';
import {dynamoDb} from './dynamodb/definition.ts';
import {ec2} from './ec2/definition.ts';
import {lambda} from './lambda/definition.ts';
import {logs} from './logs/definition.ts';
import type {ServiceDefinition} from './service-definition.ts';
import {serviceQuotas} from './service-quotas/definition.ts';
import {sqs} from './sqs/definition.ts';
import {ssm} from './ssm/definition.ts';
import {sts} from './sts/definition.ts';

export const services = [
  sqs,
  ssm,
  dynamoDb,
  logs,
  cloudWatch,
  sts,
  lambda,
  serviceQuotas,
  ec2,
  cloudFormation,
] as const;

type Listed = (typeof services)[number];

/** What each service is to the rest of the cloud, by name. */
export type States = {
  readonly [Each in Listed as Each['name']]: ReturnType<Each['open']>['state'];
};

type ReadIn<Each> =
  Each extends ServiceDefinition<string, unknown, infer Read> ? (read: Read) => void : never;
/** What all services read from a template. */
export type ServiceResources = ReadIn<Listed> extends (read: infer All) => void ? All : never;

/** Any service, where it does not matter which. */
export type AnyService = ServiceDefinition<string, unknown, ServiceResources>;

export const definitionOf = (name: string): AnyService | undefined =>
  (services as readonly AnyService[]).find(each => each.name === name);
