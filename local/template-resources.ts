// One resource of the template, its intrinsic functions resolved, as the local cloud runs it. A property that
// would change what happens and is not known here is refused rather than ignored.

import type {References} from './intrinsic-functions.ts';
import type {
  EventSourceMappingResource,
  FunctionResource,
  LogGroupResource,
  Logging,
  QueueResource,
  TableResource,
} from './resources.ts';
import type {Template} from './template-references.ts';

type Properties = Readonly<Record<string, unknown>>;

const refuseUnknown = (properties: Properties, known: readonly string[]) => {
  const unknown = Object.keys(properties).filter(name => !known.includes(name));
  if (unknown.length > 0) throw new Error(`the local cloud does not know ${unknown.join(', ')}`);
};

const stringOf = (properties: Properties, name: string): string => {
  const value = properties[name];
  if (typeof value !== 'string' || value === '') throw new Error(`${name} must be a string`);
  return value;
};

const countOf = (properties: Properties, name: string, otherwise: number): number => {
  const value = properties[name] ?? otherwise;
  if (!Number.isInteger(Number(value)) || Number(value) < 0) throw new Error(`${name} must be a number`);
  return Number(value);
};

const tagsOf = (tags: unknown): Record<string, string> =>
  Object.fromEntries(((tags ?? []) as {Key: string; Value: string}[]).map(({Key, Value}) => [Key, Value]));

/** The properties that CloudFormation hands to CreateQueue under the same names. */
const queueAttributes = [
  'ContentBasedDeduplication',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
];

export function queueOf(logicalId: string, properties: Properties, references: References): QueueResource {
  refuseUnknown(properties, [...queueAttributes, 'QueueName', 'Tags']);
  const attributes = Object.entries(properties)
    .filter(([name]) => queueAttributes.includes(name))
    .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]);
  return {
    logicalId,
    name: references.attribute(logicalId, 'QueueName') as string,
    attributes: Object.fromEntries(attributes),
    tags: tagsOf(properties.Tags),
  };
}

const functionProperties = [
  'Architectures',
  'Code',
  'Description',
  'Environment',
  'FunctionName',
  'Handler',
  'LoggingConfig',
  'MemorySize',
  'RecursiveLoop',
  'Role',
  'Runtime',
  'Tags',
  'Timeout',
];

export function functionOf(
  logicalId: string,
  properties: Properties,
  template: Template,
  assets: unknown,
  references: References,
): FunctionResource {
  refuseUnknown(properties, functionProperties);
  const name = references.ref(logicalId) as string;
  const runtime = stringOf(properties, 'Runtime');
  if (!runtime.startsWith('nodejs')) throw new Error(`the local cloud runs Node.js, not ${runtime}`);
  const {Variables: environment = {}} = (properties.Environment ?? {}) as {
    Variables?: Record<string, unknown>;
  };
  const recursiveLoop = properties.RecursiveLoop ?? 'Terminate';
  if (recursiveLoop !== 'Allow' && recursiveLoop !== 'Terminate')
    throw new Error('RecursiveLoop: Allow or Terminate');
  return {
    logicalId,
    name,
    arn: references.attribute(logicalId, 'Arn') as string,
    handler: stringOf(properties, 'Handler'),
    runtime,
    assetPath: assetPathOf(properties.Code as Properties, assets),
    environment: Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, String(value)])),
    // The defaults are CloudFormation's.
    timeoutS: countOf(properties, 'Timeout', 3),
    memoryMB: countOf(properties, 'MemorySize', 128),
    roleLogicalId: roleOf(template.Resources[logicalId]?.Properties?.Role),
    logging: loggingOf((properties.LoggingConfig ?? {}) as Properties, name),
    recursiveLoop,
  };
}

const tableProperties = [
  'AttributeDefinitions',
  'BillingMode',
  'KeySchema',
  'PointInTimeRecoverySpecification',
  'SSESpecification',
  'TableName',
  'Tags',
  'TimeToLiveSpecification',
];

export function tableOf(logicalId: string, properties: Properties, references: References): TableResource {
  refuseUnknown(properties, tableProperties);
  type Keys = readonly {AttributeName: string; KeyType?: string; AttributeType?: string}[];
  const [key, ...others] = (properties.KeySchema ?? []) as Keys;
  const definition = ((properties.AttributeDefinitions ?? []) as Keys).find(
    ({AttributeName: name}) => name === key?.AttributeName,
  );
  if (key?.KeyType !== 'HASH' || others.length > 0 || definition?.AttributeType !== 'S')
    throw new Error('the local cloud knows tables with a partition key alone, of type S');
  if (properties.BillingMode !== 'PAY_PER_REQUEST')
    throw new Error('the local cloud knows on-demand tables only: BillingMode PAY_PER_REQUEST');
  const {Enabled: expires, AttributeName: expiry} = (properties.TimeToLiveSpecification ?? {}) as {
    Enabled?: boolean;
    AttributeName?: string;
  };
  return {
    logicalId,
    name: references.ref(logicalId) as string,
    key: key.AttributeName,
    ...(expires && expiry !== undefined && {expiry}),
  };
}

export const logGroupOf = (
  logicalId: string,
  {RetentionInDays: days}: Properties,
  references: References,
): LogGroupResource => ({
  name: references.ref(logicalId) as string,
  ...(days === undefined ? {} : {retentionInDays: Number(days)}),
});

/** The defaults are CloudFormation's (AWS::Lambda::Function LoggingConfig). */
const loggingOf = (config: Properties, functionName: string): Logging => ({
  groupName: (config.LogGroup ?? `/aws/lambda/${functionName}`) as string,
  format: (config.LogFormat ?? 'Text') as Logging['format'],
  applicationLevel: (config.ApplicationLogLevel ?? 'INFO') as Logging['applicationLevel'],
  systemLevel: (config.SystemLogLevel ?? 'INFO') as Logging['systemLevel'],
});

function roleOf(role: unknown): string {
  const {'Fn::GetAtt': path} = (role ?? {}) as {'Fn::GetAtt'?: readonly [string, string]};
  if (path === undefined) throw new Error('Role must be a role of the same template');
  return path[0];
}

/** The directory that the CDK would zip and upload to where the template expects the code. */
function assetPathOf(code: Properties, assets: unknown): string {
  const key = stringOf(code, 'S3Key');
  type Files = Record<string, {source: {path?: string}; destinations: Record<string, {objectKey: string}>}>;
  const files = Object.values((assets as {files?: Files}).files ?? {});
  const file = files.find(({destinations}) => Object.values(destinations).some(to => to.objectKey === key));
  if (file?.source.path === undefined) throw new Error(`its code ${key} is not among the assets`);
  return file.source.path;
}

const mappingProperties = [
  'BatchSize',
  'Enabled',
  'EventSourceArn',
  'FunctionName',
  'FunctionResponseTypes',
  'MaximumBatchingWindowInSeconds',
  'ScalingConfig',
  'Tags',
];

export function eventSourceMappingOf(
  logicalId: string,
  properties: Properties,
  functions: readonly FunctionResource[],
): EventSourceMappingResource {
  refuseUnknown(properties, mappingProperties);
  const source = stringOf(properties, 'EventSourceArn');
  const [, , service, , , queueName] = source.split(':');
  if (service !== 'sqs' || queueName === undefined) throw new Error(`${source} is not a queue`);
  const target = stringOf(properties, 'FunctionName');
  const known = functions.find(({name, arn}) => target === name || target === arn);
  if (known === undefined) throw new Error(`${target} is not a function of the template`);
  const {MaximumConcurrency: maximum} = (properties.ScalingConfig ?? {}) as {MaximumConcurrency?: number};
  return {
    logicalId,
    queueName,
    functionName: known.name,
    enabled: properties.Enabled !== false,
    batchSize: countOf(properties, 'BatchSize', 10),
    maximumBatchingWindowS: countOf(properties, 'MaximumBatchingWindowInSeconds', 0),
    ...(maximum === undefined ? {} : {maximumConcurrency: Number(maximum)}),
    functionResponseTypes: (properties.FunctionResponseTypes ?? []) as string[],
  };
}
