// Takes the mail at the other end and counts it.

export interface Receiver {
  readonly name: string;
  readonly port: number;
  readonly security: 'plain' | 'starttls';
  /** How many messages it has taken since it was started. */
  count(): Promise<number>;
  close(): Promise<void>;
}
