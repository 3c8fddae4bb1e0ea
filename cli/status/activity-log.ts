// Reads the lines of batches from the functions' logs, each line once: at first backwards in steps, as far as there is time;
// then what is new.

import {type CloudWatchLogsClient, FilterLogEventsCommand} from '@aws-sdk/client-cloudwatch-logs';
import {batchMessage, parseBatchLine} from '../../shared/delivery/batch-line.ts';
import {Activity} from '../../shared/overview/activity.ts';

const minuteMs = 60_000;
/** How far back counts go, where the log can be read in time. */
const windowMs = 60 * minuteMs;
/** The steps in which it is read, from now on backwards. */
const stepsMs: readonly number[] = [15 * minuteMs, 30 * minuteMs, windowMs];
/** CloudWatch has nearly all lines after a few seconds. */
const lateMs = 30_000;
/** No step is begun after so long: an answer within seconds is worth more than a longer past. */
const patienceMs = 1_000;

const pattern = `{ $.message = "${batchMessage}" }`;

interface Span {
  readonly startMs: number;
  /** Not included; undefined for all that there is. */
  readonly endMs?: number;
}

export class ActivityLog {
  readonly #client: CloudWatchLogsClient;
  readonly #groups: readonly string[];
  readonly #now: () => number;
  readonly #activity = new Activity();
  /** The ids of lines that would be read again, with their times. */
  readonly #known = new Map<string, number>();
  #readMs: {readonly since: number; readonly until: number} | undefined;
  /** Of the newest line, by the clock of AWS: that of this machine may be wrong. */
  #newestMs = 0;
  /** The same, with what a read has seen that is not over, and may fail. */
  #seenMs = 0;

  constructor(client: CloudWatchLogsClient, groups: readonly string[], now: () => number) {
    this.#client = client;
    this.#groups = groups;
    this.#now = now;
  }

  get activity(): Activity {
    return this.#activity;
  }

  /** From when until when the log has been read, in milliseconds since the epoch; undefined before the first time. */
  get readMs(): {readonly since: number; readonly until: number} | undefined {
    return this.#readMs;
  }

  /** @throws Error of CloudWatch Logs; what was read before stays */
  async read(signal: AbortSignal): Promise<void> {
    const nowMs = this.#now();
    const before = this.#readMs;
    if (before) await this.#readSpan({startMs: this.#newestMs - lateMs}, signal);
    const since = before?.since ?? (await this.#readBackwards(nowMs, signal));
    this.#newestMs = this.#seenMs;
    this.#readMs = {since: Math.max(since, nowMs - windowMs), until: nowMs};
    this.#activity.forgetBefore(this.#readMs.since);
    for (const [id, timeMs] of this.#known) if (timeMs < this.#newestMs - lateMs) this.#known.delete(id);
  }

  /** @returns how far it got */
  async #readBackwards(nowMs: number, signal: AbortSignal): Promise<number> {
    let endMs: number | undefined;
    for (const stepMs of stepsMs) {
      const startMs = nowMs - stepMs;
      await this.#readSpan({startMs, ...(endMs !== undefined && {endMs})}, signal);
      this.#seenMs = Math.max(this.#seenMs, startMs);
      endMs = startMs;
      if (this.#now() > nowMs + patienceMs) break;
    }
    return endMs!;
  }

  async #readSpan(span: Span, signal: AbortSignal): Promise<void> {
    await Promise.all(this.#groups.map(group => this.#readGroup(group, span, signal)));
  }

  async #readGroup(logGroupName: string, {startMs, endMs}: Span, signal: AbortSignal): Promise<void> {
    const query = {
      logGroupName,
      startTime: startMs,
      // Both ends are included.
      ...(endMs !== undefined && {endTime: endMs - 1}),
      filterPattern: pattern,
    };
    let nextToken: string | undefined;
    do {
      const command = new FilterLogEventsCommand({...query, nextToken});
      const page = await this.#client.send(command, {abortSignal: signal});
      for (const {eventId = '', timestamp = 0, message = ''} of page.events ?? [])
        this.#add(eventId, timestamp, message);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }

  #add(id: string, timeMs: number, text: string): void {
    // A read may fail half-way.
    if (this.#known.has(id)) return;
    this.#known.set(id, timeMs);
    this.#seenMs = Math.max(this.#seenMs, timeMs);
    const batch = parseBatchLine(text);
    if (batch !== undefined) this.#activity.add(batch, timeMs);
  }
}
