// The operations of CloudWatch Logs Insights: StartQuery, GetQueryResults and StopQuery. A query runs on what the groups
// hold when it starts.

import {AwsError} from '../aws-error.ts';
import {type Input, strings} from '../endpoint/input.ts';
import type {CloudWatchLogs} from './cloudwatch-logs.ts';
import {invalidParameter, queryNotFound, unfit} from './errors.ts';
import {check, choice, groupIdentifier, groupName, integer, optionalText, text} from './input.ts';
import {maximumRows} from './insights/commands.ts';
import {parseQuery} from './insights/query.ts';
import {QueryRun} from './insights/query-run.ts';
import type {Origin} from './insights/row.ts';
import type {LogGroup} from './log-group.ts';
import type {Operation} from './operation.ts';

/** "You can specify up to 50 log groups" (StartQuery). */
const maximumGroups = 50;
/** "You can have up to 100 concurrent CloudWatch Logs insights queries" (StartQuery). */
const maximumRunning = 100;

export const queryOperations: Readonly<Record<string, Operation>> = {
  StartQuery(logs, input) {
    const groups = groupsIn(logs, input);
    const startTime = secondsIn(input, 'startTime');
    const endTime = secondsIn(input, 'endTime');
    if (endTime < startTime) throw invalidParameter('endTime is before startTime.');
    const limit = integer(input, 'limit', {min: 1, max: maximumRows}) ?? maximumRows;
    choice(input, 'queryLanguage', ['CWLI']);
    const query = parseQuery(text(input, 'queryString', {min: 0, max: 10_000}));
    if (logs.queries.running >= maximumRunning)
      throw new AwsError('LimitExceededException', 'You have reached the limit of concurrent queries.');
    const run = new QueryRun(query, {limit});
    const queryId = logs.queries.add(run);
    void run.run(originsIn(logs, groups, [startTime * 1000, (endTime + 1) * 1000]));
    return {queryId};
  },

  GetQueryResults(logs, input) {
    const {status, results, statistics} = runIn(logs, input);
    return {queryLanguage: 'CWLI', results, statistics, status};
  },

  StopQuery(logs, input) {
    const run = runIn(logs, input);
    if (!run.cancel())
      throw invalidParameter('The query cannot be stopped: it is not Scheduled and not Running.');
    return {success: true};
  },
};

function runIn(logs: CloudWatchLogs, input: Input): QueryRun {
  const run = logs.queries.get(text(input, 'queryId', {max: 256}));
  if (run === undefined) throw queryNotFound();
  return run;
}

/** "…exactly one of the following parameters: logGroupName, logGroupNames, or logGroupIdentifiers." */
function groupsIn(logs: CloudWatchLogs, input: Input): readonly LogGroup[] {
  const name = optionalText(input, 'logGroupName', groupName);
  const names = strings(input, 'logGroupNames');
  const identifiers = strings(input, 'logGroupIdentifiers');
  for (const each of names) check('logGroupNames', each, groupName);
  for (const each of identifiers) check('logGroupIdentifiers', each, groupIdentifier);
  const given = [name === undefined ? [] : [name], names, identifiers].filter(each => each.length > 0);
  const [asked] = given;
  if (asked === undefined || given.length > 1)
    throw invalidParameter(
      'Give exactly one of logGroupName, logGroupNames and logGroupIdentifiers: the local Logs Insights has no SOURCE command.',
    );
  if (asked.length > maximumGroups)
    throw unfit(
      'logGroupNames',
      asked.length,
      `Member must have length less than or equal to ${maximumGroups}`,
    );
  return [...new Set(asked.map(each => logs.group(each)))];
}

/** Since the epoch; the whole second is meant ("The range is inclusive"). */
function secondsIn(input: Input, name: string): number {
  const seconds = integer(input, name, {min: 0});
  if (seconds === undefined) throw unfit(name, seconds, 'Member must not be null');
  return seconds;
}

/** Latest first, as results are shown. */
function originsIn(
  logs: CloudWatchLogs,
  groups: readonly LogGroup[],
  [from, to]: readonly [number, number],
): readonly Origin[] {
  const origins = groups.flatMap(group => {
    const log = logs.logOf(group);
    return group.between(from, to).map(event => ({event, log}));
  });
  return origins.reverse().sort((a, b) => b.event.timestamp - a.event.timestamp);
}
