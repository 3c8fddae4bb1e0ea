// What the sink does at a stage of the dialogue instead of its usual reply. How it does that is not known here.

/** Before the greeting, at the commands of these names, and (`data`) when the message text is there. */
export const smtpStages = ['connect', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data'] as const;
export type SmtpStage = (typeof smtpStages)[number];

export interface ReplyFacts {
  readonly from?: string;
  /** Recipients of the transaction; at `rcpt` the one in question comes last. */
  readonly to?: readonly string[];
  readonly user?: string;
  readonly tls: boolean;
  /** At `data`. */
  readonly size?: number;
}

/** A reply, no reply and no connection, the usual reply but later, or octet by octet from here on. */
export type SinkReply =
  | undefined
  | {readonly code: number; readonly text: string}
  | 'drop'
  | {readonly delayMs: number}
  | {readonly octetsPerSecond: number};

export type ReplyHook = (stage: SmtpStage, facts: ReplyFacts) => SinkReply;
