// The older part of the log, by Logs Insights, which bills what it searches: so the price is known first.

import {setTimeout as delay} from 'node:timers/promises';
import {
  type CloudWatchLogsClient,
  GetQueryResultsCommand,
  paginateDescribeLogGroups,
  type ResultField,
  StartQueryCommand,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {parseUtcTime} from '../../shared/utc-time.ts';
import type {LogEvent} from './recent-log.ts';
import {mostRows} from './traced.ts';

/** CloudWatch Logs Insights, in us-east-1 and most other regions. */
const usdPerGb = 0.005;
const gb = 1e9;

export interface GroupsFacts {
  /** What the groups hold. A query of a part of it, or of an indexed field, searches less. */
  readonly octets: number;
  readonly mostUsd: number;
  /** Undefined where nothing is ever deleted. */
  readonly keptDays: number | undefined;
}

export async function factsOf(client: CloudWatchLogsClient, groups: readonly string[]): Promise<GroupsFacts> {
  const found = await Promise.all(groups.map(group => describe(client, group)));
  const octets = found.reduce((sum, {storedBytes = 0}) => sum + storedBytes, 0);
  const days = found.flatMap(({retentionInDays}) => retentionInDays ?? []);
  return {
    octets,
    mostUsd: (octets / gb) * usdPerGb,
    keptDays: days.length > 0 ? Math.min(...days) : undefined,
  };
}

/** `logGroupNamePrefix` finds others, too. */
async function describe(client: CloudWatchLogsClient, group: string) {
  for await (const {logGroups = []} of paginateDescribeLogGroups({client}, {logGroupNamePrefix: group})) {
    const [found] = logGroups.filter(({logGroupName}) => logGroupName === group);
    if (found !== undefined) return found;
  }
  return {};
}

export interface HistoryQuery {
  readonly groups: readonly string[];
  readonly query: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

const pollMs = 500;

/** @throws Error when the query fails, or is given up */
export async function readHistory(
  client: CloudWatchLogsClient,
  {groups, query, sinceMs, untilMs, signal}: HistoryQuery,
): Promise<{readonly events: readonly LogEvent[]; readonly isCut: boolean}> {
  const {queryId} = await client.send(
    new StartQueryCommand({
      logGroupNames: [...groups],
      queryString: query,
      startTime: Math.floor(sinceMs / 1000),
      endTime: Math.floor(untilMs / 1000),
    }),
    {abortSignal: signal},
  );
  let isOver = false;
  try {
    for (;;) {
      const {status, results = []} = await client.send(new GetQueryResultsCommand({queryId}), {
        abortSignal: signal,
      });
      isOver = status !== 'Scheduled' && status !== 'Running';
      if (status === 'Complete') return {events: results.flatMap(eventOf), isCut: results.length >= mostRows};
      if (isOver) throw new Error(`Logs Insights did not finish the query: ${status}`);
      await delay(pollMs, undefined, {signal});
    }
  } finally {
    // It would go on, and be billed.
    if (!isOver) await client.send(new StopQueryCommand({queryId})).catch(() => {});
  }
}

function eventOf(row: readonly ResultField[]): readonly LogEvent[] {
  const textIn = (name: string) => row.find(({field}) => field === name)?.value ?? '';
  const [time = '', ms = '0'] = textIn('@timestamp').split('.');
  const timeMs = parseUtcTime(time);
  return timeMs === undefined ? [] : [{timeMs: timeMs + Number(ms), message: textIn('@message')}];
}
