// How long a server is waited for, beyond the time of each stage (RFC 5321 4.5.3.2), in milliseconds. What is left out
// has the time of its stages.

/** A reply that is waited for longer is late. */
export const lateMs = 10_000;

export interface Patience {
  /** From the connection to the last reply before MAIL. */
  readonly openingMs?: number;
  /** From MAIL to the reply to DATA, from when the server has nothing older to answer. */
  readonly beforeTextMs?: number;
  /** The reply to the text. */
  readonly afterTextMs?: number;
}
