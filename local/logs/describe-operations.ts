// The operations that list groups and streams: DescribeLogGroups and DescribeLogStreams (API Reference).

import {flag, type Input} from '../endpoint/input.ts';
import {pageTokenOf, positionOf} from '../endpoint/page-token.ts';
import {invalidNextToken, invalidParameter} from './errors.ts';
import {choice, groupName, integer, optionalText, streamName} from './input.ts';
import type {LogStream} from './log-event.ts';
import {groupIn, type Operation} from './operation.ts';

export const describeOperations: Readonly<Record<string, Operation>> = {
  DescribeLogGroups(logs, input) {
    const prefix = optionalText(input, 'logGroupNamePrefix', groupName);
    const part = optionalText(input, 'logGroupNamePattern', {...groupName, min: 0});
    if (prefix !== undefined && part !== undefined)
      throw invalidParameter(
        'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      );
    const found = logs.groups.filter(({name}) => name.startsWith(prefix ?? '') && name.includes(part ?? ''));
    const {page, next} = pageOf(input, found, ({name}) => name);
    const logGroups = page.map(group => ({
      logGroupName: group.name,
      creationTime: group.creationTime,
      ...(group.retentionInDays === undefined ? {} : {retentionInDays: group.retentionInDays}),
      metricFilterCount: 0,
      // "The :* at the end is for permissions"; the other one is the ARN that operations take.
      arn: `${logs.arnOf(group)}:*`,
      storedBytes: group.storedOctets,
      logGroupClass: 'STANDARD',
      logGroupArn: logs.arnOf(group),
    }));
    return {logGroups, ...next};
  },

  DescribeLogStreams(logs, input) {
    const group = groupIn(logs, input);
    const prefix = optionalText(input, 'logStreamNamePrefix', streamName);
    const isByTime = choice(input, 'orderBy', ['LogStreamName', 'LastEventTime']) === 'LastEventTime';
    if (isByTime && prefix !== undefined)
      throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
    const keyOf = ({name, lastEventTimestamp}: LogStream) =>
      isByTime ? `${String(lastEventTimestamp).padStart(16, '0')} ${name}` : name;
    const found = [...group.streams.values()]
      .filter(({name}) => name.startsWith(prefix ?? ''))
      .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
    const isDescending = flag(input, 'descending');
    const {page, next} = pageOf(input, isDescending ? found.reverse() : found, keyOf, isDescending);
    const logStreams = page.map(({name, firstEventTimestamp, lastEventTimestamp}) => ({
      logStreamName: name,
      creationTime: firstEventTimestamp,
      firstEventTimestamp,
      lastEventTimestamp,
      lastIngestionTime: lastEventTimestamp,
      arn: `${logs.arnOf(group)}:log-stream:${name}`,
      // "As of June 17, 2019 … always zero" (LogStream).
      storedBytes: 0,
    }));
    return {logStreams, ...next};
  },
};

/** The page that a request asks for, of items in the order of their keys. */
function pageOf<T>(input: Input, items: readonly T[], keyOf: (item: T) => string, isDescending = false) {
  const limit = integer(input, 'limit', {min: 1, max: 50}) ?? 50;
  const {nextToken: _, limit: __, ...request} = input;
  const token = optionalText(input, 'nextToken', {});
  const after = token === undefined ? undefined : positionOf(token, request);
  if (token !== undefined && after === undefined) throw invalidNextToken();
  const isBehind = (key: string) => after === undefined || (isDescending ? key < after : key > after);
  const rest = items.filter(item => isBehind(keyOf(item)));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  const isMore = last !== undefined && rest.length > page.length;
  return {page, next: isMore ? {nextToken: pageTokenOf(keyOf(last), request)} : {}};
}
