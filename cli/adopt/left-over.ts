// What is there of a stage: AWS is asked for each of the names.

import {DescribeLogGroupsCommand} from '@aws-sdk/client-cloudwatch-logs';
import {GetItemCommand} from '@aws-sdk/client-dynamodb';
import {GetQueueUrlCommand} from '@aws-sdk/client-sqs';
import {namesOf, stateKey, suppressionKey} from '../../shared/names.ts';
import type {Context} from '../command/context.ts';
import type {Found} from './adoption.ts';
import type {Kept, KeptKind} from './stage-template.ts';

type Looked = Pick<Context, 'stage' | 'clients' | 'signal'>;
type Identifier = Found['identifier'];

/** Whether the stage is deployed: its table of slots comes and goes with the stack. */
export const isDeployed = ({stage, ...at}: Looked): Promise<boolean> =>
  isTable(at, namesOf(stage).state, stateKey);

/** Those that are there, in the order of the template. */
export async function leftOverOf(at: Looked, kept: readonly Kept[]): Promise<readonly Found[]> {
  const found = await Promise.all(
    kept.map(async ({logicalId, kind, name}) => {
      const identifier = await identifierOf[kind](at, name);
      return identifier === undefined ? [] : [{logicalId, name, identifier}];
    }),
  );
  return found.flat();
}

/** The properties by which CloudFormation imports each: the primary identifiers of their types. */
const identifierOf: Readonly<
  Record<KeptKind, (at: Looked, name: string) => Promise<Identifier | undefined>>
> = {
  queue: async ({clients: {sqs}, signal: abortSignal}, QueueName) => {
    const command = new GetQueueUrlCommand({QueueName});
    const {QueueUrl} = await unlessMissing(sqs.send(command, {abortSignal}), 'QueueDoesNotExist');
    return QueueUrl === undefined ? undefined : {QueueUrl};
  },
  'log group': async ({clients: {logs}, signal: abortSignal}, LogGroupName) => {
    // Sorted by name: the one that is its own prefix comes first.
    const command = new DescribeLogGroupsCommand({logGroupNamePrefix: LogGroupName, limit: 1});
    const {logGroups: [first] = []} = await logs.send(command, {abortSignal});
    return first?.logGroupName === LogGroupName ? {LogGroupName} : undefined;
  },
  table: async (at, TableName) => ((await isTable(at, TableName, suppressionKey)) ? {TableName} : undefined),
};

/** Looks up what is no item of it: the same permission that other commands need. */
async function isTable(
  {clients: {dynamoDb}, signal: abortSignal}: Omit<Looked, 'stage'>,
  TableName: string,
  key: string,
): Promise<boolean> {
  const command = new GetItemCommand({TableName, Key: {[key]: {S: '-'}}});
  const {$metadata} = await unlessMissing(dynamoDb.send(command, {abortSignal}), 'ResourceNotFoundException');
  return $metadata !== undefined;
}

const unlessMissing = <T>(answer: Promise<T>, missing: string): Promise<Partial<T>> =>
  answer.catch((error: Error) => {
    if (error.name !== missing) throw error;
    return {};
  });
