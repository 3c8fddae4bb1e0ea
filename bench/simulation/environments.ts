// The execution environments of a function: warm ones are used first, the last one before the others.

import type {Clock} from './clock.ts';
import type {Meter} from './meter.ts';

const coldStartMs = 400;
const keptMs = 6 * 60_000;

export interface EnvironmentsParts<State> {
  readonly clock: Clock;
  readonly meter: Meter;
  readonly start: () => State;
}

export class Environments<State> {
  readonly #parts: EnvironmentsParts<State>;
  #idle: {readonly state: State; readonly sinceMs: number}[] = [];

  constructor(parts: EnvironmentsParts<State>) {
    this.#parts = parts;
  }

  async invoke(handle: (state: State) => Promise<void>): Promise<void> {
    const {clock, meter, start} = this.#parts;
    const startedMs = clock.nowMs;
    meter.invocations += 1;
    if (this.#idle.length > 0 && this.#idle[0]!.sinceMs < startedMs - keptMs)
      this.#idle = this.#idle.filter(({sinceMs}) => sinceMs >= startedMs - keptMs);
    const warm = this.#idle.pop()?.state;
    const state = warm ?? start();
    if (warm === undefined) await clock.sleep(coldStartMs);
    await handle(state);
    meter.functionMs += clock.nowMs - startedMs;
    this.#idle.push({state, sinceMs: clock.nowMs});
  }
}
