// What takes the mail at the other end, and counts it.

export interface Receiver {
  readonly name: string;
  readonly port: number;
  readonly security: 'plain' | 'starttls';
  /** Messages taken since it was started. */
  count(): Promise<number>;
  close(): Promise<void>;
}
