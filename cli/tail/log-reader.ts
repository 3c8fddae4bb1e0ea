// Reads a log group on and on: each event once, none left out. Events come in late, and several have the same time. So what
// is new is read again for a while, and told apart by the ids of events.

import {setTimeout as delay} from 'node:timers/promises';
import {
  type CloudWatchLogsClient,
  FilterLogEventsCommand,
  type FilterLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import {isUnreachable} from '../aws/aws-problem.ts';

export interface LogEvent {
  readonly id: string;
  readonly timeMs: number;
  readonly message: string;
}

export interface LogReaderOptions {
  readonly group: string;
  readonly pattern: string | undefined;
  readonly sinceMs: number;
  readonly signal: AbortSignal;
  /** A read has failed, and is tried again. */
  readonly onTrouble: (error: Error) => void;
}

/** CloudWatch has nearly all events after a few seconds. */
const lateMs = 30_000;
const retryMs = 2000;

export class LogReader {
  readonly #logs: CloudWatchLogsClient;
  readonly #options: LogReaderOptions;
  /** The newest events, with their times: they are read again. */
  readonly #seen = new Map<string, number>();
  #sinceMs: number;
  #hasRead = false;
  #serverMs = 0;

  constructor(logs: CloudWatchLogsClient, options: LogReaderOptions) {
    this.#logs = logs;
    this.#options = options;
    this.#sinceMs = options.sinceMs;
    // How far to look back goes by the clock of AWS: that of this machine may be wrong.
    logs.middlewareStack.add(
      next => async args => {
        const result = await next(args);
        const {headers} = result.response as {headers?: Record<string, string>};
        this.#serverMs = Date.parse(headers?.date ?? '') || Date.now();
        return result;
      },
      {step: 'deserialize', name: `relayqDate ${options.group}`, override: true},
    );
  }

  /** All that has come since the last time, a page at a time. @throws what AWS says at the first read */
  async *read(): AsyncGenerator<readonly LogEvent[]> {
    let freshMs: number | undefined;
    let token: string | undefined;
    do {
      const {events = [], nextToken} = await this.#page(token);
      freshMs ??= this.#serverMs - lateMs;
      token = nextToken;
      const fresh = events.flatMap(({eventId: id = '', timestamp: timeMs = 0, message = ''}) => {
        if (this.#seen.has(id)) return [];
        if (timeMs >= freshMs!) this.#seen.set(id, timeMs);
        return [{id, timeMs, message}];
      });
      yield fresh;
    } while (token !== undefined);
    this.#sinceMs = Math.max(this.#sinceMs, freshMs);
    for (const [id, timeMs] of this.#seen) if (timeMs < this.#sinceMs) this.#seen.delete(id);
  }

  async #page(nextToken: string | undefined): Promise<FilterLogEventsCommandOutput> {
    const {group: logGroupName, pattern: filterPattern, signal, onTrouble} = this.#options;
    const command = new FilterLogEventsCommand({
      logGroupName,
      startTime: this.#sinceMs,
      filterPattern,
      nextToken,
    });
    for (;;) {
      try {
        const page = await this.#logs.send(command, {abortSignal: signal});
        this.#hasRead = true;
        return page;
      } catch (error) {
        if (signal.aborted || !this.#isPassing(error as Error)) throw error;
        onTrouble(error as Error);
        await delay(retryMs, undefined, {signal});
      }
    }
  }

  /** Whether it is worth while to try again. If nothing has ever answered, nobody is there. */
  #isPassing(error: Error & {readonly $metadata?: {readonly httpStatusCode?: number}}): boolean {
    if (isThrottled(error)) return true;
    const isBroken = (error.$metadata?.httpStatusCode ?? 0) >= 500 || isUnreachable(error);
    return this.#hasRead && isBroken;
  }
}

export const isThrottled = ({name}: Error): boolean => /Throttl|LimitExceeded|TooManyRequests/.test(name);
