// Connections that outlive a batch: a warm environment keeps them for the next batch that needs exactly the same. It
// keeps no more for a target than its last batch had lanes, or three, so that idle environments take up little of a
// server's capacity.

import {setTimeout as pause} from 'node:timers/promises';
import {fewIdle, idleBoundOf} from '../../../shared/delivery/idle-bound.ts';
import type {Capacity} from '../../../shared/settings/groups/capacity.ts';
import {keyOf, serverOf, type Target} from '../../../shared/smtp/target.ts';
import {fullFailureOf, isTurnedAway, saysFull} from '../../../shared/smtp/trouble.ts';
import type {IdleLeases, Lease} from '../../receivers/idle-leases.ts';
import type {Opened} from '../smtp/smtp-opening.ts';
import type {SmtpSession} from '../smtp/smtp-session.ts';
import {TlsSessions} from '../smtp/tls-sessions.ts';
import {Habits} from './habits.ts';
import {Places} from './places.ts';

/** How many are kept in all, so that messages with many smarthosts of their own do not fill the environment: those used last. */
const maxKept = 20;
/** Older connections are given up, as addresses, certificates and credentials may have changed since. */
const maxAgeMs = 300_000;

/** How long to wait before each further try where another environment has the place. It may soon be free. */
const pausesMs: readonly number[] = [500, 1_000, 2_000, 4_000];

type Idle = Pick<Capacity, 'idleSeconds' | 'idleConnections' | 'connections'>;

interface Kept {
  readonly key: string;
  readonly session: SmtpSession;
  readonly untilMs: number;
}

export class Connections {
  /** The one that was used last is the last. */
  #kept: readonly Kept[] = [];
  readonly habits: Habits;
  readonly tlsSessions = new TlsSessions();
  readonly #places = new Places();
  readonly #now: () => number;
  readonly #leases: Pick<IdleLeases, 'take'> | undefined;
  readonly #leased = new WeakMap<SmtpSession, Lease>();
  #lanes = 1;

  /** @param leases are needed where idle connections are counted */
  constructor(now: () => number, leases?: Pick<IdleLeases, 'take'>) {
    this.#now = now;
    this.#leases = leases;
    this.habits = new Habits(now);
  }

  /** @param lanes of the batch that begins */
  begin(lanes: number): void {
    this.#lanes = lanes;
  }

  /** A kept connection to exactly this target. What it received while the environment was frozen is read first. */
  async take(target: Target): Promise<SmtpSession | undefined> {
    const key = keyOf(target);
    for (;;) {
      const kept = this.#kept.findLast(each => each.key === key);
      if (kept === undefined) return undefined;
      this.#kept = this.#kept.filter(each => each !== kept);
      this.#places.take(kept.session);
      await new Promise(resolve => setImmediate(resolve));
      if (this.#isAlive(kept)) return kept.session;
      this.#endLease(kept.session);
      this.#places.dismiss(kept.session);
    }
  }

  /**
   * Opens a connection. A server that has others of ours and turns a further one away is full. Then one of those is
   * waited for; it is used again if it is to the same target.
   * @param untilMs until when to wait
   */
  async open(target: Target, untilMs: number, open: () => Promise<Opened>): Promise<Opened> {
    const pauses = [...pausesMs];
    for (let isFull = false; ; isFull = true) {
      const wasServing = this.has(target);
      const opened = await this.#places.open(target, open);
      if (opened.ok || !isTurnedAway(opened.failure)) return opened;
      isFull ||=
        wasServing || saysFull(opened.failure) || this.has(target) || (await this.#places.willServe(target));
      if (!isFull) return opened;
      this.habits.wasFull(target);
      const place =
        (await this.#idlePlace(target)) ??
        (await this.#places.next(target, Math.max(untilMs - this.#now(), 0)));
      if (place !== undefined && place !== 'free') return {ok: true, session: place, facts: place.facts};
      const pauseMs = place === 'free' ? 0 : pauses.shift();
      if (pauseMs === undefined || this.#now() + pauseMs > untilMs)
        return {...opened, failure: fullFailureOf(opened.failure)};
      await pause(pauseMs);
    }
  }

  /** Whether the server has a connection of ours: idle, or in use. */
  has(target: Target): boolean {
    return this.#idleTo(target).length > 0 || this.#places.isInUse(serverOf(target));
  }

  /** A kept one to the same target. Those to other targets at the server make room. */
  async #idlePlace(target: Target): Promise<SmtpSession | undefined> {
    const alike = await this.take(target);
    if (alike === undefined) for (const each of this.#idleTo(target)) this.#dismiss(each);
    return alike;
  }

  #dismiss(kept: Kept): void {
    this.#kept = this.#kept.filter(each => each !== kept);
    this.#endLease(kept.session);
    this.#places.dismiss(kept.session);
  }

  #endLease(session: SmtpSession): void {
    this.#leased.get(session)?.giveBack();
    this.#leased.delete(session);
  }

  #idleTo(target: Target): readonly Kept[] {
    return this.#kept.filter(({session}) => session.usable && serverOf(session.target) === serverOf(target));
  }

  /** Keeps a connection as `keep` does, where no more lie idle in all environments together than may. */
  async keepOne(session: SmtpSession, receiver: string, {idleSeconds, ...capacity}: Idle): Promise<void> {
    const idleMs = idleSeconds * 1000;
    const {uncounted, counted} = idleBoundOf(receiver, capacity);
    this.#leaveExpired();
    const mayIdle =
      !this.#isWelcome(session, idleMs) ||
      (await this.#leased.get(session)?.renewed()) ||
      this.#alikeTo(session).filter(each => !this.#leased.has(each.session)).length < uncounted ||
      (await this.#lease(session, receiver, counted));
    if (!this.keep(session, mayIdle ? idleMs : 0)) this.#endLease(session);
  }

  async #lease(session: SmtpSession, receiver: string, most: number): Promise<boolean> {
    const lease = most > 0 ? await this.#leases?.take(receiver, most) : undefined;
    if (lease) this.#leased.set(session, lease);
    else this.#leased.delete(session);
    return lease !== undefined;
  }

  /**
   * Hands on a connection that has nothing in flight to a lane that waits for it, keeps it, or says goodbye.
   * @returns whether it is kept
   */
  keep(session: SmtpSession, idleMs: number): boolean {
    this.#leaveExpired();
    const untilMs = this.#untilMs(session, idleMs);
    if (!this.#places.leave(session, this.#isWelcome(session, idleMs))) return false;
    this.#kept = [...this.#kept, {key: keyOf(session.target), session, untilMs}];
    const [longestIdle] = this.#kept;
    if (longestIdle && this.#kept.length > maxKept) this.#dismiss(longestIdle);
    // If the environment is not frozen meanwhile.
    setTimeout(() => this.#leaveExpired(), untilMs - this.#now()).unref();
    return true;
  }

  #isWelcome(session: SmtpSession, idleMs: number): boolean {
    const hasRoom = this.#alikeTo(session).length < Math.max(this.#lanes, fewIdle);
    const isOfUse = session.usable && this.#untilMs(session, idleMs) > this.#now();
    return hasRoom && isOfUse && !this.habits.isFull(session.target);
  }

  /** Those that are idle to the same target. */
  #alikeTo({target}: SmtpSession): readonly Kept[] {
    const key = keyOf(target);
    return this.#kept.filter(each => each.key === key);
  }

  #untilMs({openedMs}: SmtpSession, idleMs: number): number {
    return Math.min(this.#now() + idleMs, openedMs + maxAgeMs);
  }

  #leaveExpired(): void {
    for (const each of this.#kept) if (!this.#isAlive(each)) this.#dismiss(each);
  }

  #isAlive({session, untilMs}: Kept): boolean {
    return session.usable && untilMs > this.#now();
  }

  close(): void {
    for (const each of this.#kept) this.#dismiss(each);
  }
}
