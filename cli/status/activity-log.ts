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
/** A line may be there only some seconds after its time (CloudWatch Logs does not say how many). */
const lateMs = 10_000;
/** No step is begun after so long: an answer within seconds is worth more than a longer past. */
const patienceMs = 1_000;

const pattern = `{ $.message = "${batchMessage}" }`;

export class ActivityLog {
  readonly #client: CloudWatchLogsClient;
  readonly #groups: readonly string[];
  readonly #now: () => number;
  readonly #activity = new Activity();
  /** The ids of lines that would be read again, with their times. */
  readonly #known = new Map<string, number>();
  #sinceMs: number | undefined;
  #untilMs = 0;

  constructor(client: CloudWatchLogsClient, groups: readonly string[], now: () => number) {
    this.#client = client;
    this.#groups = groups;
    this.#now = now;
  }

  get activity(): Activity {
    return this.#activity;
  }

  /** From when on the log has been read. */
  get sinceMs(): number | undefined {
    return this.#sinceMs;
  }

  /** When it was last read. */
  get untilMs(): number {
    return this.#untilMs;
  }

  /** @throws Error of CloudWatch Logs; what was read before stays */
  async read(signal: AbortSignal): Promise<void> {
    const nowMs = this.#now();
    if (this.#untilMs === 0) await this.#readBackwards(nowMs, signal);
    else await this.#readSpan(this.#untilMs - lateMs, nowMs + 1, signal);
    this.#untilMs = nowMs;
    this.#sinceMs = Math.max(this.#sinceMs ?? nowMs, nowMs - windowMs);
    this.#activity.forgetBefore(this.#sinceMs);
    for (const [id, timeMs] of this.#known) if (timeMs < nowMs - lateMs) this.#known.delete(id);
  }

  async #readBackwards(nowMs: number, signal: AbortSignal): Promise<void> {
    let endMs = nowMs + 1;
    for (const stepMs of stepsMs) {
      await this.#readSpan(nowMs - stepMs, endMs, signal);
      endMs = nowMs - stepMs;
      this.#sinceMs = endMs;
      if (this.#now() > nowMs + patienceMs) return;
    }
  }

  async #readSpan(startTime: number, endMs: number, signal: AbortSignal): Promise<void> {
    await Promise.all(this.#groups.map(group => this.#readGroup(group, startTime, endMs, signal)));
  }

  async #readGroup(logGroupName: string, startTime: number, endMs: number, signal: AbortSignal) {
    let nextToken: string | undefined;
    do {
      const page = await this.#client.send(
        new FilterLogEventsCommand({
          logGroupName,
          startTime,
          // Both ends are included.
          endTime: endMs - 1,
          filterPattern: pattern,
          nextToken,
        }),
        {abortSignal: signal},
      );
      for (const {eventId = '', timestamp = 0, message = ''} of page.events ?? [])
        this.#add(eventId, timestamp, message);
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
  }

  #add(id: string, timeMs: number, text: string): void {
    // A read may fail half-way.
    if (this.#known.has(id)) return;
    this.#known.set(id, timeMs);
    const batch = parseBatchLine(text);
    if (batch !== undefined) this.#activity.add(batch, timeMs);
  }
}
