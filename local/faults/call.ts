// Which calls a fault concerns.

import type {AwsRequest} from '../endpoint/aws-service.ts';
import type {CallFault, KillFault} from './fault.ts';

/** Faults of calls, and those that wait for one. */
export type OfCalls = CallFault | Extract<KillFault, {kill: 'before' | 'after'}>;

/** @param caller the name of the function that calls, if one does */
export function concerns(fault: OfCalls, request: AwsRequest, caller: string | undefined): boolean {
  const {service, operation = '*', queue, containing, function: functions = '*', from = 'functions'} = fault;
  if (service !== undefined && service !== request.service) return false;
  if (!matches(operation, request.operation)) return false;
  if (queue !== undefined && !matches(queue, queueNameOf(request) ?? '')) return false;
  if (containing !== undefined && !contains(request.input, containing)) return false;
  if ('fault' in fault && fault.fault === 'partial' && !/^Batch|Batch$/.test(request.operation)) return false;
  return caller === undefined ? from === 'all' : matches(functions, caller);
}

/** The queue of a request, by its URL or by its name. */
function queueNameOf({input: {QueueUrl: url, QueueName: name}}: AwsRequest): string | undefined {
  if (typeof url === 'string') return url.slice(url.lastIndexOf('/') + 1);
  return typeof name === 'string' ? name : undefined;
}

/** Whether any string of a structure contains a text. */
function contains(value: unknown, text: string): boolean {
  if (typeof value === 'string') return value.includes(text);
  return (
    typeof value === 'object' && value !== null && Object.values(value).some(each => contains(each, text))
  );
}

/** Whether a name fits a pattern, in which `*` stands for any characters. */
export function matches(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name);
}
