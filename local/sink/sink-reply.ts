// What the sink does at a stage of the dialogue instead of its usual reply.

/** Before the greeting, at the commands of these names, and (`data`) when the text has arrived. */
export const smtpStages = ['connect', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data'] as const;
export type SmtpStage = (typeof smtpStages)[number];

export interface ReplyFacts {
  readonly from?: string;
  /** The recipients of the transaction. At `rcpt` the one in question is the last. */
  readonly to?: readonly string[];
  readonly user?: string;
  readonly tls: boolean;
  /** At `data`. */
  readonly size?: number;
}

/**
 * A reply, the end of the connection without a reply, the usual reply but later, or the usual replies octet by octet from
 * now on.
 */
export type SinkReply =
  | undefined
  | {readonly code: number; readonly text: string}
  | 'drop'
  | {readonly delayMs: number}
  | {readonly octetsPerSecond: number};

export type ReplyHook = (stage: SmtpStage, facts: ReplyFacts) => SinkReply;
