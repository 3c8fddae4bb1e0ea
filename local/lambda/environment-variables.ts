// The environment variables of a function: those of the template and those that Lambda sets ("Working with environment
// variables", defined runtime environment variables), and none of the developer's own.

import {createHash} from 'node:crypto';
import type {FunctionResource, Logging} from './function-resource.ts';

/** Lambda sets these. A template that sets one is refused. */
export const reservedVariables: readonly string[] = [
  '_HANDLER',
  '_X_AMZN_TRACE_ID',
  'AWS_ACCESS_KEY',
  'AWS_ACCESS_KEY_ID',
  'AWS_DEFAULT_REGION',
  'AWS_EXECUTION_ENV',
  'AWS_LAMBDA_FUNCTION_MEMORY_SIZE',
  'AWS_LAMBDA_FUNCTION_NAME',
  'AWS_LAMBDA_FUNCTION_VERSION',
  'AWS_LAMBDA_INITIALIZATION_TYPE',
  'AWS_LAMBDA_LOG_FORMAT',
  'AWS_LAMBDA_LOG_GROUP_NAME',
  'AWS_LAMBDA_LOG_LEVEL',
  'AWS_LAMBDA_LOG_STREAM_NAME',
  'AWS_LAMBDA_RUNTIME_API',
  'AWS_REGION',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'LAMBDA_RUNTIME_DIR',
  'LAMBDA_TASK_ROOT',
  'TZ',
];

/** The access key of a function's credentials. By it the endpoint knows which function calls. */
export const accessKeyIdOf = ({
  roleLogicalId,
  name,
}: Pick<FunctionResource, 'roleLogicalId' | 'name'>): string =>
  `ASIA${createHash('sha256').update(`${roleLogicalId}/${name}`).digest('hex').slice(0, 16).toUpperCase()}`;

interface Surroundings {
  readonly region: string;
  readonly endpointUrl: string;
  readonly runtimeApi: string;
  readonly runtimeDirectory: string;
  readonly taskRoot: string;
  readonly logStreamName: string;
  readonly sessionToken: string;
}

/** The text format has no levels. */
const logLevelOf = ({format, applicationLevel}: Logging): Record<string, string> =>
  format === 'Text'
    ? {AWS_LAMBDA_LOG_FORMAT: 'Text'}
    : {AWS_LAMBDA_LOG_FORMAT: 'JSON', AWS_LAMBDA_LOG_LEVEL: applicationLevel};

export const environmentOf = (
  definition: FunctionResource,
  {region, endpointUrl, runtimeApi, runtimeDirectory, taskRoot, logStreamName, sessionToken}: Surroundings,
): Record<string, string> => ({
  LANG: 'en_US.UTF-8',
  PATH: '/usr/local/bin:/usr/bin:/bin:/opt/bin',
  AWS_ENDPOINT_URL: endpointUrl,
  ...definition.environment,
  _HANDLER: definition.handler,
  AWS_ACCESS_KEY_ID: accessKeyIdOf(definition),
  AWS_DEFAULT_REGION: region,
  AWS_EXECUTION_ENV: `AWS_Lambda_${definition.runtime}`,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMB),
  AWS_LAMBDA_FUNCTION_NAME: definition.name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  ...logLevelOf(definition.logging),
  AWS_LAMBDA_LOG_GROUP_NAME: definition.logging.groupName,
  AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
  AWS_LAMBDA_RUNTIME_API: runtimeApi,
  AWS_REGION: region,
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SESSION_TOKEN: sessionToken,
  LAMBDA_RUNTIME_DIR: runtimeDirectory,
  LAMBDA_TASK_ROOT: taskRoot,
  TZ: ':UTC',
});
