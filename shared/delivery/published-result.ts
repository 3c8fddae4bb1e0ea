// A result as a consumer reads it: the type of the JSON on the result queues. docs/results.md tells what each member means.
// It stands alone, so that whoever imports it is not given the types of the pipeline too.

export interface PublishedResult {
  /** All but `deferred` are final. */
  readonly fate: 'accepted' | 'bounced' | 'deferred' | 'expired' | 'invalid';
  readonly relayq: {
    /** The SQS message ID of the message on the outbox. */
    readonly id: string;
    /** Times are UTC: `YYYY-MM-DD HH:MM:SS`. */
    readonly arrived: string;
    readonly attempts: number;
    /** How often it left a delivery queue untried. */
    readonly hops: number;
    /** By which you know a result that you have seen. */
    readonly key: string;
    /** How many properties were too large to be told. */
    readonly omitted?: number;
    readonly slot?: string;
    readonly origin?: string;
    /** What the settings of the stage had changed in its text. */
    readonly changes?: readonly string[];
  };
  readonly results: readonly PublishedEntry[];
  /** Everything that is wrong with an invalid message. */
  readonly problems?: readonly {readonly path: string; readonly problem: string}[];
  /** Of an invalid message: its text without secrets, or what it held; null where it is too large. */
  readonly original?: unknown;
  /** The queue that has the text, where `original` is null. */
  readonly originalAt?: string;
  /** The properties of the message, without its text and without secrets: as the producer wrote them, right or wrong. */
  readonly [property: string]: unknown;
}

/** An attempt, or a decision of the pipeline. */
export interface PublishedEntry {
  /** How far the attempt came; `process` is a decision of the pipeline. */
  readonly state:
    | 'dns'
    | 'connect'
    | 'intro'
    | 'ehlo'
    | 'helo'
    | 'starttls'
    | 'auth'
    | 'authplain'
    | 'authlogin'
    | 'authcram'
    | 'mailfrom'
    | 'rcptto'
    | 'data'
    | 'message'
    | 'process';
  readonly result: 'accepted' | 'timeout' | 'lost' | 'error' | 'invalid';
  /** What kind of thing stood in the way; absent where nothing did. */
  readonly class?:
    | 'recipient'
    | 'domain'
    | 'inactive'
    | 'quota'
    | 'greylist'
    | 'rate'
    | 'reputation'
    | 'content'
    | 'policy'
    | 'auth'
    | 'dns'
    | 'network'
    | 'protocol'
    | 'expired'
    | 'other';
  readonly time: string;
  /** The host that the attempt ended at. */
  readonly mta?: string;
  /** Our address and the server's. */
  readonly from?: string;
  readonly to?: string;
  readonly code?: number;
  readonly status?: string;
  /** The server's reply. */
  readonly description?: string;
  readonly cipher?: {readonly name: string; readonly version: string};
  readonly verified?: boolean;
  readonly authentication?: string;
  readonly policy?: string;
  /** What a policy in testing would have refused. */
  readonly policyfailure?: string;
  /** How many messages the connection had carried, this one included. */
  readonly messages?: number;
  /** The server may have taken the message: a later attempt may be a second copy. */
  readonly maybesent?: boolean;
}
