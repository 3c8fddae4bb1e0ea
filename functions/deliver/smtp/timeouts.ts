// How long each stage of a session may take, and how much time is left for all of it. RFC 5321 4.5.3.2 has the
// minimums. A stalled server costs Lambda time, so that the short stages have no more than working servers need; and
// patience may be shorter still.

import type {Stage} from '../../../shared/smtp/failure.ts';
import type {Patience} from '../../../shared/smtp/patience.ts';

export interface Deadline {
  /** When everything must have ended, by the clock of `now`. */
  readonly deadlineMs: number;
  /** No message text is sent after this, as its reply might come too late. */
  readonly lastTextMs?: number;
  readonly now: () => number;
  readonly patience?: Patience;
  /** The time that the stages have together which are under way: all of the opening, or all before the text. */
  readonly allowance?: Allowance | undefined;
  /** Asked after each ten seconds that a reply is waited for: whether to wait on. */
  readonly waitsOn?: (stage: Stage) => Promise<boolean>;
}

/** Time for several stages together. It begins when the first of them is waited for. */
export class Allowance {
  readonly #ms: number;
  #endsMs: number | undefined;

  constructor(ms: number) {
    this.#ms = ms;
  }

  leftMs(nowMs: number): number {
    this.#endsMs ??= nowMs + this.#ms;
    return this.#endsMs - nowMs;
  }
}

/** Undefined without a limit. */
export const allowanceOf = (ms: number | undefined): Allowance | undefined =>
  ms === undefined ? undefined : new Allowance(ms);

const second = 1000;

const stageTimeoutMs: Readonly<Record<Stage, number>> = {
  dns: 30 * second,
  connect: 30 * second,
  intro: 60 * second,
  ehlo: 60 * second,
  helo: 60 * second,
  starttls: 60 * second,
  auth: 60 * second,
  authplain: 60 * second,
  authlogin: 60 * second,
  authcram: 60 * second,
  mailfrom: 120 * second,
  rcptto: 120 * second,
  // From DATA to the dot: the reply to DATA, and the time that the text takes.
  data: 180 * second,
  // RFC 5321 4.5.3.2.6: servers do their work here, and giving up early means sending twice.
  message: 600 * second,
};

export function allowedMs(stage: Stage, {deadlineMs, now, patience, allowance}: Deadline): number {
  const ownMs = stage === 'message' ? (patience?.afterTextMs ?? Number.POSITIVE_INFINITY) : undefined;
  const leftMs = ownMs ?? allowance?.leftMs(now()) ?? Number.POSITIVE_INFINITY;
  return Math.max(Math.min(stageTimeoutMs[stage], deadlineMs - now(), leftMs), 0);
}
