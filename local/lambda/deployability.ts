// Finds what AWS would refuse though CloudFormation's schema lets it pass: all of it, before the cloud starts.

import type {QueueResource} from '../sqs/queue-resource.ts';
import type {Resources} from '../template/resources.ts';
import {reservedVariables} from './environment-variables.ts';
import type {EventSourceMappingResource} from './event-source-mapping-resource.ts';
import type {FunctionResource} from './function-resource.ts';

/** Every problem, with the logical ID of its resource in front. */
export function deploymentProblemsOf(resources: Resources): string[] {
  const {queues, functions, eventSourceMappings} = resources;
  return [
    ...functions.flatMap(definition => named(definition, functionProblems(definition))),
    ...eventSourceMappings.flatMap(mapping => {
      const queue = queues.find(({name}) => name === mapping.queueName);
      const target = functions.find(({name}) => name === mapping.functionName);
      if (queue === undefined) return named(mapping, [`there is no queue ${mapping.queueName}`]);
      if (target === undefined) return named(mapping, [`there is no function ${mapping.functionName}`]);
      return named(mapping, mappingProblems(mapping, queue, target));
    }),
  ];
}

const named = ({logicalId}: {readonly logicalId: string}, problems: readonly (string | false)[]) =>
  problems.filter(problem => problem !== false).map(problem => `${logicalId}: ${problem}`);

const outside = (value: number, least: number, most: number) => value < least || value > most;

function functionProblems({timeoutS, memoryMB, environment}: FunctionResource): (string | false)[] {
  const reserved = Object.keys(environment).filter(name => reservedVariables.includes(name));
  const octets = Buffer.byteLength(JSON.stringify(environment));
  return [
    outside(timeoutS, 1, 900) && `Timeout ${timeoutS}: between 1 and 900 seconds`,
    outside(memoryMB, 128, 10_240) && `MemorySize ${memoryMB}: between 128 and 10240 MB`,
    reserved.length > 0 && `${reserved.join(', ')}: reserved by Lambda`,
    // "The total size of all environment variables doesn't exceed 4 KB."
    octets > 4096 && `its environment variables take ${octets} octets of at most 4096`,
  ];
}

/** CreateEventSourceMapping, and "Configuring your queue to use with Lambda". */
function mappingProblems(
  {batchSize, maximumBatchingWindowS, maximumConcurrency, functionResponseTypes}: EventSourceMappingResource,
  {attributes}: QueueResource,
  {timeoutS}: FunctionResource,
): (string | false)[] {
  const fifo = attributes.FifoQueue === 'true';
  const visibilityS = Number(attributes.VisibilityTimeout ?? 30);
  const unknownTypes = functionResponseTypes.filter(type => type !== 'ReportBatchItemFailures');
  return [
    visibilityS < timeoutS &&
      `Queue visibility timeout: ${visibilityS} seconds is less than Function timeout: ${timeoutS} seconds`,
    outside(batchSize, 1, fifo ? 10 : 10_000) && `BatchSize ${batchSize}: at most ${fifo ? 10 : 10_000}`,
    fifo && maximumBatchingWindowS > 0 && 'Batching window is not supported for FIFO queues',
    outside(maximumBatchingWindowS, 0, 300) && 'MaximumBatchingWindowInSeconds: between 0 and 300',
    !fifo && batchSize > 10 && maximumBatchingWindowS < 1 && 'a BatchSize over 10 needs a batching window',
    maximumConcurrency !== undefined &&
      outside(maximumConcurrency, 2, 1000) &&
      `MaximumConcurrency ${maximumConcurrency}: between 2 and 1000`,
    unknownTypes.length > 0 && `FunctionResponseTypes: there is no ${unknownTypes.join(', ')}`,
  ];
}
