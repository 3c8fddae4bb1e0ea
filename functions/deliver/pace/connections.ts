// Connections that outlive a batch: a warm environment keeps them for the next batch that needs exactly the same. It
// keeps few for each target, so that idle environments take up little of a server's capacity.

import {setTimeout as pause} from 'node:timers/promises';
import type {Capacity} from '../../../shared/settings/groups/capacity.ts';
import {keyOf, serverOf, type Target} from '../../../shared/smtp/target.ts';
import {fullFailureOf, isTurnedAway, saysFull} from '../../../shared/smtp/trouble.ts';
import type {IdleLeases, Lease} from '../../receivers/idle-leases.ts';
import type {Opened} from '../smtp/smtp-opening.ts';
import type {SmtpSession} from '../smtp/smtp-session.ts';
import {Habits} from './habits.ts';
import {Places} from './places.ts';

/** How many are kept in all, so that messages with many smarthosts of their own do not fill the environment. */
const maxKept = 20;
/**
 * How many are kept for a target. Batches have one to three lanes while there is little mail, and one when there is
 * more.
 */
const maxAlike = 3;
/** Older connections are given up, as addresses, certificates and credentials may have changed since. */
const maxAgeMs = 300_000;

/** How long to wait before each further try where another environment has the place. It may soon be free. */
const pausesMs: readonly number[] = [500, 1_000, 2_000, 4_000];

type Idle = Pick<Capacity, 'idleSeconds' | 'idleConnections'>;

interface Kept {
  readonly key: string;
  readonly session: SmtpSession;
  readonly untilMs: number;
}

export class Connections {
  /** The one that was used last is the last. */
  #kept: readonly Kept[] = [];
  readonly habits: Habits;
  readonly #places = new Places();
  readonly #now: () => number;
  readonly #leases: Pick<IdleLeases, 'take'> | undefined;
  readonly #leased = new WeakMap<SmtpSession, Lease>();

  /** @param leases are needed where a capacity bounds idle connections */
  constructor(now: () => number, leases?: Pick<IdleLeases, 'take'>) {
    this.#now = now;
    this.#leases = leases;
    this.habits = new Habits(now);
  }

  /** A kept connection to exactly this target. What it received while the environment was frozen is read first. */
  async take(target: Target): Promise<SmtpSession | undefined> {
    const key = keyOf(target);
    for (;;) {
      const kept = this.#kept.findLast(each => each.key === key);
      if (kept === undefined) return undefined;
      this.#kept = this.#kept.filter(each => each !== kept);
      this.#places.take(kept.session);
      this.#endLease(kept.session);
      await new Promise(resolve => setImmediate(resolve));
      if (this.#isAlive(kept)) return kept.session;
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
    this.#leased.get(session)?.();
    this.#leased.delete(session);
  }

  #idleTo(target: Target): readonly Kept[] {
    return this.#kept.filter(({session}) => session.usable && serverOf(session.target) === serverOf(target));
  }

  /** Keeps a connection as `keep` does, where all environments together have not kept enough. */
  async keepOne(session: SmtpSession, receiver: string, {idleSeconds, idleConnections}: Idle): Promise<void> {
    const idleMs = idleSeconds * 1000;
    if (idleConnections === undefined || idleMs === 0) return void this.keep(session, idleMs);
    const lease = await this.#leases?.take(receiver, idleConnections);
    if (lease) this.#leased.set(session, lease);
    if (!this.keep(session, lease ? idleMs : 0)) this.#endLease(session);
  }

  /**
   * Hands on a connection that has nothing in flight to a lane that waits for it, keeps it, or says goodbye.
   * @returns whether it is kept
   */
  keep(session: SmtpSession, idleMs: number): boolean {
    this.#leaveExpired();
    const key = keyOf(session.target);
    const untilMs = Math.min(this.#now() + idleMs, session.openedMs + maxAgeMs);
    const alike = this.#kept.filter(each => each.key === key).length;
    const hasRoom = alike < maxAlike && this.#kept.length < maxKept;
    const isWelcome = hasRoom && untilMs > this.#now() && !this.habits.isFull(session.target);
    if (!this.#places.leave(session, isWelcome)) return false;
    this.#kept = [...this.#kept, {key, session, untilMs}];
    // If the environment is not frozen meanwhile.
    setTimeout(() => this.#leaveExpired(), untilMs - this.#now()).unref();
    return true;
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
