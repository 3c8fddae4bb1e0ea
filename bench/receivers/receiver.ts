// Takes the mail at the other end and counts it.

export const receiverKinds = ['embedded', 'smtp-sink', 'postfix'] as const;
export type ReceiverKind = (typeof receiverKinds)[number];

/** Whether it offers CHUNKING, so that texts may come by BDAT, or takes them by DATA alone. */
export const transfers = ['chunking', 'data'] as const;
export type Transfer = (typeof transfers)[number];

export interface Receiver {
  readonly name: string;
  readonly port: number;
  /** How many messages it has taken since it was started. */
  count(): Promise<number>;
  close(): Promise<void>;
}
