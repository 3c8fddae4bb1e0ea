// A step of an explanation: what is found there, each thing with its reason; and the same as data.

export interface Fact {
  readonly what: string;
  readonly is: string;
  readonly why?: string | undefined;
  /** Something is wrong, or stands in the message's way. */
  readonly isBad?: boolean;
}

export interface Step {
  readonly step:
    | 'settings'
    | 'message'
    | 'destination'
    | 'hosts'
    | 'tls'
    | 'capacity'
    | 'authentication'
    | 'now';
  readonly facts: readonly Fact[];
  readonly data: Readonly<Record<string, unknown>>;
}

/** How times are shown. */
export type TimeOf = (ms: number) => string;
