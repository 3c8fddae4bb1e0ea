// The servers of receivers: how long they take, and how they fail.

export type Trouble =
  /** Nobody listens. */
  | 'refuses'
  /** It never greets. */
  | 'hangs'
  /** 421 at the greeting. */
  | '421'
  /** 450 to each MAIL. */
  | 'puts-off'
  /** It greets after 45 s. */
  | 'greets-late'
  /** It replies to each text after 40 s. */
  | 'replies-late';

export interface Server {
  /** From the connection to the last reply before MAIL, apart from its trouble. */
  readonly openingMs: number;
  /** A transaction, apart from its trouble. */
  readonly messageMs: number;
  /** What is the matter with it at a time. */
  readonly troubleAt: (nowMs: number) => Trouble | undefined;
}

export const lateGreetingMs = 45_000;
export const lateReplyMs = 40_000;

/** As the local cloud's servers are: near. */
export const near = {openingMs: 15, messageMs: 25};
/** As servers on the internet are. */
export const far = {openingMs: 80, messageMs: 60};
