// One look at the held mail: whether it has to be swept, and by whom. What is known of it is in a table, so that an
// environment may die at any time.

import {passedDues, steeringOf, sweepReason} from '../../shared/delivery/held.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {HeldState, HeldTable} from '../receivers/held-table.ts';
import {errorText, type Log} from '../runtime/log.ts';
import type {SettingsSource} from '../runtime/settings-source.ts';
import type {Sqs} from '../runtime/sqs.ts';
import {type Swept, sweep} from './sweep.ts';

export interface KeeperParts {
  readonly sqs: Pick<Sqs, 'depthOf' | 'receive' | 'sendAll' | 'deleteAll' | 'hide'>;
  readonly urls: {readonly held: string; readonly waitingSoon: string};
  readonly settings: Pick<SettingsSource, 'current'>;
  readonly table: Pick<HeldTable, 'claim' | 'write'>;
  readonly log: Log;
  readonly now: () => number;
}

export class Keeper {
  readonly #parts: KeeperParts;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
  }

  /** @param remainingMs how long the function may still run */
  async run(remainingMs: () => number): Promise<void> {
    const {sqs, urls, settings: source, table, log, now} = this.#parts;
    try {
      if ((await sqs.depthOf(urls.held)) === 0) return;
      const settings = await source.current();
      const nowMs = now();
      const leaseMs = Math.round(nowMs + remainingMs());
      const state = await table.claim(nowMs, leaseMs);
      if (state !== undefined) await this.#keep(state, leaseMs, settings, remainingMs);
    } catch (error) {
      log('error', 'held mail could not be looked after; it waits for the next time', {
        error: errorText(error),
      });
    }
  }

  async #keep(
    before: HeldState,
    leaseMs: number,
    settings: Settings,
    remainingMs: () => number,
  ): Promise<void> {
    const {table, log, now} = this.#parts;
    const nowMs = now();
    const inForce = steeringOf(settings, nowMs);
    const hasChanged = inForce !== before.inForce;
    const inForceMs = hasChanged ? nowMs : before.inForceMs;
    const reason = sweepReason({...before, inForceMs}, nowMs);
    if (reason === undefined) {
      await table.write(leaseMs, {}, true);
      return;
    }
    // One that was broken off goes on, unless its first half went by something else.
    const begunMs = hasChanged ? nowMs : (before.begunMs ?? nowMs);
    await table.write(leaseMs, {inForce, inForceMs, begunMs}, false);
    log('info', `held mail is swept: ${reason}`);
    const swept = await sweep({...this.#parts, settings, begunMs, remainingMs});
    log(swept.isComplete ? 'info' : 'warn', messageOf(swept), countsOf(swept));
    const passedMs = passedDues(before.duesMs, begunMs);
    const change = swept.isComplete ? {sweptMs: begunMs, begunMs: undefined, passedMs} : {};
    await table.write(leaseMs, change, true);
  }
}

const messageOf = ({isComplete}: Swept): string =>
  isComplete ? 'held mail was swept' : 'held mail was swept in part; the next sweep goes on';

const countsOf = ({isComplete: _, ...counts}: Swept) => counts;
