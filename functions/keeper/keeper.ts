// One look at the held mail: whether it has to be swept, and by whom. What is known of it is in a table, so that an
// environment may die at any time.

import {passedDues, steeringOf, sweepReason} from '../../shared/delivery/held.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {HeldState, HeldTable} from '../receivers/held-table.ts';
import {errorText, type Log} from '../runtime/log.ts';
import type {SettingsSource} from '../runtime/settings-source.ts';
import type {Sqs} from '../runtime/sqs.ts';
import {sweep} from './sweep.ts';

export interface KeeperParts {
  readonly sqs: Pick<Sqs, 'countsOf' | 'receive' | 'sendAll' | 'deleteAll' | 'hide'>;
  readonly urls: {readonly held: string; readonly waitingSoon: string};
  readonly settings: Pick<SettingsSource, 'current'>;
  readonly table: Pick<HeldTable, 'claim' | 'write'>;
  readonly log: Log;
  readonly now: () => number;
}

/** What an invocation goes by. */
interface Look {
  readonly leaseMs: number;
  readonly settings: Settings;
  readonly remainingMs: () => number;
  /** What somebody else has taken for a moment, such as `relayq pause` for its estimate, a sweep does not find. */
  readonly isAllInSight: boolean;
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
      const {all, inFlight} = await sqs.countsOf(urls.held);
      if (all === 0) return;
      const settings = await source.current();
      const nowMs = now();
      const leaseMs = Math.round(nowMs + remainingMs());
      const state = await table.claim(nowMs, leaseMs);
      if (state !== undefined)
        await this.#keep(state, {leaseMs, settings, remainingMs, isAllInSight: inFlight === 0});
    } catch (error) {
      log('error', 'held mail could not be looked after; it waits for the next time', {
        error: errorText(error),
      });
    }
  }

  async #keep(before: HeldState, {leaseMs, settings, remainingMs, isAllInSight}: Look): Promise<void> {
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
    const {isComplete, ...counts} = await sweep({...this.#parts, settings, begunMs, remainingMs});
    const isWhole = isComplete && isAllInSight;
    if (isWhole) log('info', 'held mail was swept', counts);
    else log('warn', 'held mail was swept in part; the next sweep goes on', counts);
    const passedMs = passedDues(before.duesMs, begunMs);
    const change = isWhole ? {sweptMs: begunMs, begunMs: undefined, passedMs} : {};
    await table.write(leaseMs, change, true);
  }
}
