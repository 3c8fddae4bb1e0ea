// A time limit for each stage of a session's opening, whatever nodemailer is doing: a server that sends an octet now
// and then keeps a socket busy, but not a stage alive.

import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import type {Failure, Stage} from '../../shared/outcome.ts';
import type {Dialogue} from './dialogue.ts';
import {failureOf, type SmtpError} from './smtp-failure.ts';
import {stageTimeoutMs} from './timeouts.ts';

/** Starts something of nodemailer's that calls back once. */
export type Step = (done: (error?: SmtpError | null) => void) => void;

export interface Clock {
  /** When everything must have ended, in the clock of `now`. */
  readonly deadlineMs: number;
  /** No message text is sent after this: its reply might come too late. */
  readonly lastTextMs?: number;
  readonly now: () => number;
}

export const allowedMs = (stage: Stage, {deadlineMs, now}: Clock): number =>
  Math.max(Math.min(stageTimeoutMs[stage], deadlineMs - now()), 0);

export class StageWatch {
  clock: Clock;
  readonly #secrets: readonly string[];
  #timer: NodeJS.Timeout | undefined;
  #expire: (() => void) | undefined;

  constructor(clock: Clock, secrets: readonly string[]) {
    this.clock = clock;
    this.#secrets = secrets;
  }

  /** Called whenever the stage may have changed. */
  enter(stage: Stage): void {
    clearTimeout(this.#timer);
    if (this.#expire) this.#timer = setTimeout(this.#expire, allowedMs(stage, this.clock));
  }

  /** Runs one step until it calls back, the connection fails, or a stage takes too long. */
  during(connection: SMTPConnection, dialogue: Dialogue, step: Step): Promise<Failure | undefined> {
    return new Promise(resolve => {
      const settle = (failure: Failure | undefined) => {
        clearTimeout(this.#timer);
        this.#expire = undefined;
        resolve(failure);
      };
      const done = (error?: SmtpError | null) =>
        settle(error ? failureOf(error, dialogue, this.#secrets) : undefined);
      this.#expire = () => {
        const {stage} = dialogue;
        settle({stage, result: 'timeout', description: `no reply in time at ${stage}`});
        connection.close();
      };
      // nodemailer reports some failures by callback, some by event, some by both; the first one counts.
      connection.removeAllListeners('error');
      connection.on('error', done);
      this.enter(dialogue.stage);
      step(done);
    });
  }
}
