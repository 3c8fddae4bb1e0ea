// EventBridge, as far as it runs functions on a schedule: by the clock of the cloud, the first time after one interval. An
// invocation that is still running does not keep the next one from its time.

import {randomUUID} from 'node:crypto';
import type {Account} from '../account.ts';
import type {Clock} from '../clock.ts';
import type {Invocation} from '../lambda/function-error.ts';
import type {ScheduleResource} from './schedule-resource.ts';

export interface SchedulesOptions {
  readonly account: Account;
  readonly clock: Clock;
  readonly schedules: readonly ScheduleResource[];
  readonly invoke: (functionName: string, payload: string) => Promise<Invocation>;
  readonly onProblem: (where: string, error: unknown) => void;
}

export class Schedules {
  readonly #options: SchedulesOptions;
  readonly #pending = new Map<ScheduleResource, () => void>();

  constructor(options: SchedulesOptions) {
    this.#options = options;
  }

  start(): void {
    const {clock, schedules} = this.#options;
    for (const schedule of schedules)
      if (schedule.enabled) this.#plan(schedule, clock.now() + schedule.intervalMs);
  }

  /** Nothing more is run. What runs is left to its function. */
  stop(): void {
    for (const cancel of this.#pending.values()) cancel();
    this.#pending.clear();
  }

  #plan(schedule: ScheduleResource, timeMs: number): void {
    const run = () => {
      this.#plan(schedule, timeMs + schedule.intervalMs);
      return this.#run(schedule, timeMs);
    };
    this.#pending.set(schedule, this.#options.clock.at(timeMs, run));
  }

  async #run({functionName, ruleArn}: ScheduleResource, timeMs: number): Promise<void> {
    const {account, invoke, onProblem} = this.#options;
    const event = {
      version: '0',
      id: randomUUID(),
      'detail-type': 'Scheduled Event',
      source: 'aws.events',
      account: account.accountId,
      time: `${new Date(timeMs).toISOString().slice(0, 19)}Z`,
      region: account.region,
      resources: [ruleArn],
      detail: {},
    };
    try {
      // What becomes of it stands in the function's log.
      await invoke(functionName, JSON.stringify(event));
    } catch (error) {
      onProblem(`the schedule of ${functionName}`, error);
    }
  }
}
