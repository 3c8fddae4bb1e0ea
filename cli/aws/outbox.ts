// The outbox of a stage: a client for it, and its URL.

import {GetQueueUrlCommand, SQSClient, type SQSClientConfig} from '@aws-sdk/client-sqs';
import {namesOf} from '../../shared/names.ts';
import {isUnreachable} from './aws-problem.ts';

export interface StageOptions {
  readonly stage: string;
  /** Where SQS is, if not where the SDK or the stage says. */
  readonly endpointUrl?: string;
}

export function clientOf(stageOptions: StageOptions, env: NodeJS.ProcessEnv): SQSClient {
  const {stage} = stageOptions;
  const endpoint = endpointOf(stageOptions, env);
  const config: SQSClientConfig = endpoint === undefined ? {} : {endpoint};
  if (stage !== 'local') return new SQSClient(config);
  return new SQSClient({
    ...config,
    region: env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1',
    // The local cloud takes any credentials. Without them the SDK would search for some, and ask a metadata service.
    ...(env.AWS_ACCESS_KEY_ID ? {} : {credentials: {accessKeyId: 'local', secretAccessKey: 'local'}}),
  });
}

/** Undefined leaves it to the SDK. The local stage is never looked for in AWS. */
function endpointOf({stage, endpointUrl}: StageOptions, env: NodeJS.ProcessEnv): string | undefined {
  return endpointUrl ?? (stage === 'local' ? `http://127.0.0.1:${env.RELAYQ_PORT || 4566}` : undefined);
}

/** @throws Error that says what to do */
export async function outboxUrlOf(
  client: SQSClient,
  stageOptions: StageOptions,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const {outbox} = namesOf(stageOptions.stage);
  try {
    return (await client.send(new GetQueueUrlCommand({QueueName: outbox}))).QueueUrl!;
  } catch (error) {
    const {name, message} = error as Error;
    if (name === 'QueueDoesNotExist') {
      throw new Error(`there is no queue ${outbox}: is stage ${stageOptions.stage} deployed there?`, {
        cause: error,
      });
    }
    if (!isUnreachable(error as NodeJS.ErrnoException)) throw error;
    const where = endpointOf(stageOptions, env) ?? 'SQS';
    const hint = stageOptions.stage === 'local' ? '; start the local cloud with: npm start' : ` (${message})`;
    throw new Error(`nothing answers at ${where}${hint}`, {cause: error});
  }
}
