// The clients of AWS for a stage. The local stage is never looked for in AWS.

import {CloudWatchClient} from '@aws-sdk/client-cloudwatch';
import {CloudWatchLogsClient} from '@aws-sdk/client-cloudwatch-logs';
import {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import type {LambdaClient} from '@aws-sdk/client-lambda';
import type {ServiceQuotasClient} from '@aws-sdk/client-service-quotas';
import {SQSClient} from '@aws-sdk/client-sqs';
import {SSMClient} from '@aws-sdk/client-ssm';
import {GetCallerIdentityCommand, STSClient} from '@aws-sdk/client-sts';
import {localStage} from '../../shared/names.ts';
import {noteOperations} from './failed-operation.ts';
import type {QueryApi} from './query-api.ts';

export interface StageOptions {
  readonly stage: string;
  readonly region?: string;
  readonly profile?: string;
  /** Where AWS is, if not where the SDK or the stage says. */
  readonly endpointUrl?: string;
}

/** Each is made when it is first asked for. */
export interface Clients {
  readonly sqs: SQSClient;
  readonly ssm: SSMClient;
  readonly dynamoDb: DynamoDBClient;
  readonly logs: CloudWatchLogsClient;
  readonly cloudWatch: CloudWatchClient;
  /** Loaded when they are asked for, as few commands need them. */
  lambda(): Promise<LambdaClient>;
  serviceQuotas(): Promise<ServiceQuotasClient>;
  /** Services that are asked without a client of the SDK. */
  queryApi(): Promise<QueryApi>;
  /** Who calls: the ARN that permissions are for. */
  caller(signal?: AbortSignal): Promise<string>;
  /** The number of the account. */
  account(signal?: AbortSignal): Promise<string>;
  region(): Promise<string>;
  /** The URL that is used instead of AWS's own. */
  readonly endpointUrl: string | undefined;
  destroy(): void;
}

interface ClientConfig {
  readonly region?: string;
  readonly profile?: string;
  readonly endpoint?: string;
  readonly credentials?: {readonly accessKeyId: string; readonly secretAccessKey: string};
  readonly requestHandler?: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly throwOnRequestTimeout: true;
  };
}

function clientConfigOf(
  {stage, region, profile, endpointUrl}: StageOptions,
  env: NodeJS.ProcessEnv,
): ClientConfig {
  const isLocal = stage === localStage;
  const endpoint = endpointUrl ?? (isLocal ? `http://127.0.0.1:${env.RELAYQ_PORT || 4566}` : undefined);
  const localRegion = env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1';
  const chosen = region ?? (isLocal ? localRegion : undefined);
  // The local cloud takes any credentials. Without them the SDK would search for some, and ask a metadata service.
  const needsNone = isLocal && profile === undefined && !env.AWS_ACCESS_KEY_ID;
  return {
    ...(chosen !== undefined && {region: chosen}),
    ...(profile !== undefined && {profile}),
    ...(endpoint !== undefined && {endpoint}),
    ...(needsNone && {credentials: {accessKeyId: 'local', secretAccessKey: 'local'}}),
  };
}

export interface ClientLimits {
  /** The SDK itself waits for ever. */
  readonly connectedMs: number;
  readonly answeredMs: number;
}

export function clientsOf(options: StageOptions, env: NodeJS.ProcessEnv, limits?: ClientLimits): Clients {
  const config: ClientConfig = {
    ...clientConfigOf(options, env),
    ...(limits && {
      requestHandler: {
        connectionTimeout: limits.connectedMs,
        requestTimeout: limits.answeredMs,
        throwOnRequestTimeout: true,
      },
    }),
  };
  const made: {destroy(): void}[] = [];
  const once = <T extends {destroy(): void}>(make: () => T) => {
    let client: T | undefined;
    return () => {
      if (client === undefined) {
        client = make();
        noteOperations(client);
        made.push(client);
      }
      return client;
    };
  };
  const sqs = once(() => new SQSClient(config));
  const ssm = once(() => new SSMClient(config));
  const dynamoDb = once(() => new DynamoDBClient(config));
  const logs = once(() => new CloudWatchLogsClient(config));
  const cloudWatch = once(() => new CloudWatchClient(config));
  const sts = once(() => new STSClient(config));
  let lambda: (() => LambdaClient) | undefined;
  let serviceQuotas: (() => ServiceQuotasClient) | undefined;
  const identity = (abortSignal?: AbortSignal) =>
    sts().send(new GetCallerIdentityCommand(), {...(abortSignal && {abortSignal})});
  return {
    get sqs() {
      return sqs();
    },
    get ssm() {
      return ssm();
    },
    get dynamoDb() {
      return dynamoDb();
    },
    get logs() {
      return logs();
    },
    get cloudWatch() {
      return cloudWatch();
    },
    lambda: async () => {
      const {LambdaClient: Client} = await import('@aws-sdk/client-lambda');
      lambda ??= once(() => new Client(config));
      return lambda();
    },
    serviceQuotas: async () => {
      const {ServiceQuotasClient: Client} = await import('@aws-sdk/client-service-quotas');
      serviceQuotas ??= once(() => new Client(config));
      return serviceQuotas();
    },
    queryApi: async () => {
      const {QueryApi: Api} = await import('./query-api.ts');
      return new Api(sts().config, config.endpoint);
    },
    account: async signal => (await identity(signal)).Account!,
    caller: async signal => (await identity(signal)).Arn!,
    region: () => sqs().config.region(),
    endpointUrl: config.endpoint,
    destroy: () => {
      for (const client of made) client.destroy();
    },
  };
}
