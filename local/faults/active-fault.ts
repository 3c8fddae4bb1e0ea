// A fault in force: how often it has struck, and when it ends.

import type {Fault} from './fault.ts';
import {Trigger} from './trigger.ts';

export class ActiveFault<F extends Fault = Fault> {
  readonly fault: F;
  readonly trigger: Trigger;
  readonly #removal = new AbortController();

  constructor(fault: F) {
    this.fault = fault;
    this.trigger = new Trigger('kill' in fault && fault.kill === 'now' ? {} : fault);
  }

  get fired(): number {
    return this.trigger.fired;
  }

  /** Settles as soon as it has struck so many times in all. */
  whenFired(times = 1): Promise<void> {
    return this.trigger.whenFired(times);
  }

  /** Aborted when the fault is removed. */
  get removed(): AbortSignal {
    return this.#removal.signal;
  }

  /** Ends the fault. Calls that hang because of it go on. */
  remove(): void {
    this.#removal.abort();
  }

  /** As it is shown to people. With its seed it can be repeated. */
  toJSON(): Record<string, unknown> {
    return {...this.fault, seed: this.trigger.seed, fired: this.fired};
  }
}
