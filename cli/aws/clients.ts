// The clients of AWS for a stage. The local stage is never looked for in AWS.

import {createRequire} from 'node:module';
import type * as cloudWatchSdk from '@aws-sdk/client-cloudwatch';
import type * as logsSdk from '@aws-sdk/client-cloudwatch-logs';
import type * as dynamoDbSdk from '@aws-sdk/client-dynamodb';
import type {LambdaClient} from '@aws-sdk/client-lambda';
import type {ServiceQuotasClient} from '@aws-sdk/client-service-quotas';
import type * as sqsSdk from '@aws-sdk/client-sqs';
import type * as ssmSdk from '@aws-sdk/client-ssm';
import type {STSClient} from '@aws-sdk/client-sts';
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

/** Loads a part of the SDK when it is wanted: all of it takes a third of a command's start. */
const load = createRequire(import.meta.url);

/** Each is made when it is first asked for. */
export interface Clients {
  readonly sqs: sqsSdk.SQSClient;
  readonly ssm: ssmSdk.SSMClient;
  readonly dynamoDb: dynamoDbSdk.DynamoDBClient;
  readonly logs: logsSdk.CloudWatchLogsClient;
  readonly cloudWatch: cloudWatchSdk.CloudWatchClient;
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
  const kept = <T extends {destroy(): void}>(client: T): T => {
    noteOperations(client);
    made.push(client);
    return client;
  };
  const once = <T extends {destroy(): void}>(make: () => T) => {
    let client: T | undefined;
    return () => {
      client ??= kept(make());
      return client;
    };
  };
  // Not `new (load(…) as …).X`: compiled for the package, a cast behind `new` loses its brackets.
  const sqs = once(() => {
    const {SQSClient} = load('@aws-sdk/client-sqs') as typeof sqsSdk;
    return new SQSClient(config);
  });
  const ssm = once(() => {
    const {SSMClient} = load('@aws-sdk/client-ssm') as typeof ssmSdk;
    return new SSMClient(config);
  });
  const dynamoDb = once(() => {
    const {DynamoDBClient} = load('@aws-sdk/client-dynamodb') as typeof dynamoDbSdk;
    return new DynamoDBClient(config);
  });
  const logs = once(() => {
    const {CloudWatchLogsClient} = load('@aws-sdk/client-cloudwatch-logs') as typeof logsSdk;
    return new CloudWatchLogsClient(config);
  });
  const cloudWatch = once(() => {
    const {CloudWatchClient} = load('@aws-sdk/client-cloudwatch') as typeof cloudWatchSdk;
    return new CloudWatchClient(config);
  });
  let lambda: LambdaClient | undefined;
  let serviceQuotas: ServiceQuotasClient | undefined;
  let sts: STSClient | undefined;
  const identity = async (abortSignal?: AbortSignal) => {
    const sdk = await import('@aws-sdk/client-sts');
    sts ??= kept(new sdk.STSClient(config));
    return sts.send(new sdk.GetCallerIdentityCommand(), {...(abortSignal && {abortSignal})});
  };
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
      const sdk = await import('@aws-sdk/client-lambda');
      lambda ??= kept(new sdk.LambdaClient(config));
      return lambda;
    },
    serviceQuotas: async () => {
      const sdk = await import('@aws-sdk/client-service-quotas');
      serviceQuotas ??= kept(new sdk.ServiceQuotasClient(config));
      return serviceQuotas;
    },
    queryApi: async () => {
      const {QueryApi: Api} = await import('./query-api.ts');
      return new Api(sqs().config, config.endpoint);
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
