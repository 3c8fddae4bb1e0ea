// Where the queues of a stage are.

import {GetQueueUrlCommand} from '@aws-sdk/client-sqs';
import {localStage} from '../../shared/names.ts';
import {isUnreachable, NoAccess} from './aws-problem.ts';
import type {Clients} from './clients.ts';

export interface StageClients {
  readonly stage: string;
  readonly clients: Clients;
}

/** @throws Error that says what to do */
export async function queueUrlOf({stage, clients}: StageClients, queueName: string): Promise<string> {
  try {
    return (await clients.sqs.send(new GetQueueUrlCommand({QueueName: queueName}))).QueueUrl!;
  } catch (error) {
    const {name, message} = error as Error;
    if (name === 'QueueDoesNotExist')
      throw new Error(`there is no queue ${queueName}: is stage ${stage} deployed there?`, {cause: error});
    if (!isUnreachable(error as NodeJS.ErrnoException)) throw error;
    const where = clients.endpointUrl ?? 'SQS';
    const hint = stage === localStage ? '; start the local cloud with: npm start' : ` (${message})`;
    throw new NoAccess(`nothing answers at ${where}${hint}`, {cause: error});
  }
}

/** The URL of another queue of the same account and region: who may send to it may perhaps not ask for it. */
export const neighbourUrlOf = (queueUrl: string, queueName: string): string =>
  queueUrl.slice(0, queueUrl.lastIndexOf('/') + 1) + queueName;

export const neighbourArnOf = (queueArn: string, queueName: string): string =>
  queueArn.slice(0, queueArn.lastIndexOf(':') + 1) + queueName;
