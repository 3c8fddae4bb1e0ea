// An event source mapping of a template.

import {countOf, type Properties, refuseUnknown, stringOf} from '../template/properties.ts';
import type {FunctionResource} from './function-resource.ts';

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
