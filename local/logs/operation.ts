// An operation: it gets a request's parameters, and returns the members of the answer.

import type {Input} from '../endpoint/input.ts';
import type {CloudWatchLogs} from './cloudwatch-logs.ts';
import {invalidParameter, unfit} from './errors.ts';
import {groupIdentifier, groupName, optionalText} from './input.ts';
import type {LogGroup} from './log-group.ts';

export type Operation = (logs: CloudWatchLogs, input: Input) => Record<string, unknown>;

/** "You must include either logGroupIdentifier or logGroupName, but not both." */
export function groupIn(logs: CloudWatchLogs, input: Input): LogGroup {
  const name = optionalText(input, 'logGroupName', groupName);
  const identifier = optionalText(input, 'logGroupIdentifier', groupIdentifier);
  if (name !== undefined && identifier !== undefined)
    throw invalidParameter('LogGroup name and LogGroup identifier are mutually exclusive parameters.');
  if (name === undefined && identifier === undefined)
    throw unfit('logGroupName', undefined, 'Member must not be null');
  return logs.group(name ?? identifier ?? '');
}
