// A function of a template, as it runs.

import {countOf, type Properties, refuseUnknown, stringOf} from '../template/properties.ts';
import type {IdentityKind, TemplateReader} from '../template/reader.ts';

export interface Logging {
  groupName: string;
  format: 'Text' | 'JSON';
  /** The lowest level of console lines that is kept. Like the next one, it is for JSON only. */
  applicationLevel: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
  systemLevel: 'DEBUG' | 'INFO' | 'WARN';
}

/** Fields may be edited before the cloud starts: tests shorten timeouts. */
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

export const functionIdentity: IdentityKind = {
  nameProperty: 'FunctionName',
  of: (name, {region, accountId}) => ({
    ref: name,
    attributes: {Arn: `arn:aws:lambda:${region}:${accountId}:function:${name}`},
  }),
};

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

/** What a function has in the template besides its properties. */
interface FunctionSource {
  /** The parsed asset manifest. */
  readonly assets: unknown;
  readonly reader: TemplateReader;
}

export function functionOf(
  logicalId: string,
  properties: Properties,
  {assets, reader: {template, references}}: FunctionSource,
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

/** The directory that the CDK would zip and upload as the code. */
function assetPathOf(code: Properties, assets: unknown): string {
  const key = stringOf(code, 'S3Key');
  type Files = Record<string, {source: {path?: string}; destinations: Record<string, {objectKey: string}>}>;
  const files = Object.values((assets as {files?: Files}).files ?? {});
  const file = files.find(({destinations}) => Object.values(destinations).some(to => to.objectKey === key));
  if (file?.source.path === undefined) throw new Error(`its code ${key} is not among the assets`);
  return file.source.path;
}
