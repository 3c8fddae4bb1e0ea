// How long each stage of a session may take, and how much time is left for all of it. RFC 5321 4.5.3.2 has the
// minimums. A stalled server costs Lambda time, so that the short stages have no more than working servers need.

import type {Stage} from '../../../shared/smtp/failure.ts';

export interface Deadline {
  /** When everything must have ended, by the clock of `now`. */
  readonly deadlineMs: number;
  /** No message text is sent after this, as its reply might come too late. */
  readonly lastTextMs?: number;
  readonly now: () => number;
}

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

export const allowedMs = (stage: Stage, {deadlineMs, now}: Deadline): number =>
  Math.max(Math.min(stageTimeoutMs[stage], deadlineMs - now()), 0);
