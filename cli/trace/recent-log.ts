// Reads log groups backwards in steps, by requests that cost nothing; so far as that takes not too many of them.

import {type CloudWatchLogsClient, FilterLogEventsCommand} from '@aws-sdk/client-cloudwatch-logs';

export interface LogEvent {
  readonly timeMs: number;
  readonly message: string;
}

export interface Reading {
  readonly events: readonly LogEvent[];
  /** From when on all of it was read. */
  readonly sinceMs: number;
}

export interface RecentLogOptions {
  readonly client: CloudWatchLogsClient;
  readonly groups: readonly string[];
  readonly pattern: string;
  readonly nowMs: number;
  /** How far back at most. */
  readonly sinceMs: number;
  readonly mostPages: number;
  readonly signal: AbortSignal;
  /** Whether nothing is wanted that is older than what was read. */
  readonly isEnough: (read: Reading) => boolean;
}

const minuteMs = 60_000;
/** The steps end so long ago; the last one is as long as what is left. */
const stepsMs: readonly number[] = [15, 60, 180, 720, 1440, 3 * 1440, 7 * 1440].map(each => each * minuteMs);

export async function readBackwards(options: RecentLogOptions): Promise<Reading> {
  const {groups, nowMs, sinceMs, isEnough} = options;
  const events: LogEvent[] = [];
  const budget = {pages: options.mostPages};
  const starts = [...stepsMs.map(ms => nowMs - ms).filter(ms => ms > sinceMs), sinceMs];
  let endMs = nowMs + 1;
  for (const startMs of starts) {
    const spans = await Promise.all(groups.map(group => readSpan(group, [startMs, endMs], options, budget)));
    events.push(...spans.flatMap(span => span.events));
    if (!spans.every(({isWhole}) => isWhole)) break;
    endMs = startMs;
    if (isEnough({events, sinceMs: endMs})) break;
  }
  return {events, sinceMs: endMs};
}

/** @param budget is used up by all of them together */
async function readSpan(
  logGroupName: string,
  [startTime, endMs]: readonly [number, number],
  {client, pattern: filterPattern, signal}: RecentLogOptions,
  budget: {pages: number},
) {
  const events: LogEvent[] = [];
  let nextToken: string | undefined;
  do {
    if (budget.pages-- <= 0) return {events, isWhole: false};
    const command = new FilterLogEventsCommand({
      logGroupName,
      startTime,
      // Both ends are included.
      endTime: endMs - 1,
      filterPattern,
      nextToken,
    });
    const page = await client.send(command, {abortSignal: signal});
    for (const {timestamp: timeMs = 0, message = ''} of page.events ?? []) events.push({timeMs, message});
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return {events, isWhole: true};
}
