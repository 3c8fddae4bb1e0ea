// Where the outbox of a stage is, and how one gets there.

import {GetQueueUrlCommand, SQSClient, type SQSClientConfig} from '@aws-sdk/client-sqs';
import {namesOf} from '../shared/names.ts';
import {isUnreachable} from './aws-problem.ts';

export interface Destination {
  readonly stage: string;
  readonly endpointUrl?: string;
}

export function clientOf(destination: Destination, env: NodeJS.ProcessEnv): SQSClient {
  const {stage} = destination;
  const endpoint = endpointOf(destination, env);
  const config: SQSClientConfig = endpoint === undefined ? {} : {endpoint};
  if (stage !== 'local') return new SQSClient(config);
  return new SQSClient({
    ...config,
    region: env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1',
    // The local cloud takes any; without these the SDK would look for some, or for a metadata service, in vain.
    ...(env.AWS_ACCESS_KEY_ID ? {} : {credentials: {accessKeyId: 'local', secretAccessKey: 'local'}}),
  });
}

/** Undefined leaves it to the SDK. The local stage is never looked for in AWS. */
function endpointOf({stage, endpointUrl}: Destination, env: NodeJS.ProcessEnv): string | undefined {
  return endpointUrl ?? (stage === 'local' ? `http://127.0.0.1:${env.RELAYQ_PORT || 4566}` : undefined);
}

/** @throws Error in words for whoever called */
export async function outboxUrlOf(
  client: SQSClient,
  destination: Destination,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const {outbox} = namesOf(destination.stage);
  try {
    return (await client.send(new GetQueueUrlCommand({QueueName: outbox}))).QueueUrl!;
  } catch (error) {
    const {name, message} = error as Error;
    if (name === 'QueueDoesNotExist') {
      throw new Error(`there is no queue ${outbox}: is stage ${destination.stage} deployed there?`, {
        cause: error,
      });
    }
    if (!isUnreachable(error as NodeJS.ErrnoException)) throw error;
    const where = endpointOf(destination, env) ?? 'SQS';
    const hint = destination.stage === 'local' ? '; start the local cloud with: npm start' : ` (${message})`;
    throw new Error(`nothing answers at ${where}${hint}`, {cause: error});
  }
}
