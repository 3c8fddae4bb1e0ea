// What the local cloud runs, as the template describes it: plain values, with no CloudFormation left in them.

/** Fields may be edited before the cloud starts: tests shorten timeouts. */
export interface QueueResource {
  logicalId: string;
  name: string;
  /** As CreateQueue takes them: strings, with RedrivePolicy as JSON. */
  attributes: Record<string, string>;
  tags: Record<string, string>;
}

export interface Logging {
  groupName: string;
  format: 'Text' | 'JSON';
  /** The least of the function's console lines that is kept; JSON only, as is the next one. */
  applicationLevel: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
  systemLevel: 'DEBUG' | 'INFO' | 'WARN';
}

export interface LogGroupResource {
  name: string;
  retentionInDays?: number;
}

export interface FunctionResource {
  logicalId: string;
  name: string;
  arn: string;
  handler: string;
  runtime: string;
  /** The bundled asset, relative to the directory of the asset manifest. */
  assetPath: string;
  environment: Record<string, string>;
  timeoutS: number;
  memoryMB: number;
  roleLogicalId: string;
  logging: Logging;
  recursiveLoop: 'Allow' | 'Terminate';
}

export interface EventSourceMappingResource {
  logicalId: string;
  queueName: string;
  functionName: string;
  enabled: boolean;
  batchSize: number;
  maximumBatchingWindowS: number;
  maximumConcurrency?: number;
  functionResponseTypes: string[];
}

export interface TableResource {
  logicalId: string;
  name: string;
  /** The attribute that is its partition key, a string. */
  key: string;
  /** The attribute that says when an item may be deleted. */
  expiry?: string;
}

export interface PolicyDocument {
  Statement: Record<string, unknown>[];
}

/** The role of a function. */
export interface RoleResource {
  logicalId: string;
  name: string;
  /** All that it has, inline, attached and managed: their statements on services that there are here. */
  policies: PolicyDocument[];
}

export interface Resources {
  queues: QueueResource[];
  functions: FunctionResource[];
  eventSourceMappings: EventSourceMappingResource[];
  logGroups: LogGroupResource[];
  tables: TableResource[];
  roles: RoleResource[];
  /** What the template has and the local cloud does not run, by type. */
  notRun: {logicalId: string; type: string}[];
}
