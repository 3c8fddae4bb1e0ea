// How much of anything there may be, so that whoever asks for too much does not take it from the others.

export interface Limits {
  /** Connections in all. */
  readonly connections: number;
  /** Connections from one address, or of IPv6 from one /64. */
  readonly connectionsPerAddress: number;
  /** How long a client may take until it has said who it is, where it must. */
  readonly signInMs: number;
  /** After a wrong password. */
  readonly failurePauseMs: number;
  /** For each command, from the reply before it (RFC 5321 4.5.3.2.7). */
  readonly commandMs: number;
  /** For a text, from DATA to its end. */
  readonly textMs: number;
  /** How long SQS may take: clients wait for minutes (RFC 5321 4.5.3.2.6), and some do not. */
  readonly placeMs: number;
  /** RCPT of one text (RFC 5321 4.5.3.1.8). */
  readonly recipients: number;
  /** Octets of all texts that are not yet on the outbox. */
  readonly textOctets: number;
  /** For how long it is known what is on the outbox of a text that was answered with 4xx, or was not answered. */
  readonly repeatMs: number;
}

export const defaultLimits: Limits = {
  connections: 1_000,
  connectionsPerAddress: 100,
  signInMs: 60_000,
  failurePauseMs: 1_000,
  commandMs: 300_000,
  textMs: 600_000,
  placeMs: 50_000,
  recipients: 100,
  textOctets: 134_217_728,
  repeatMs: 14_400_000,
};
