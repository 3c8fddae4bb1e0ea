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
  /** Of a deferred message: when it is tried again. Else what the message said. */
  readonly nextattempt?: {readonly time: string};
  /** What the text says of itself, where `results-detail` asks for it. */
  readonly extracted?: PublishedExtract;
  /** Everything that is wrong with an invalid message. */
  readonly problems?: readonly {readonly path: string; readonly problem: string}[];
  /** Of an invalid message: its text without secrets, or what it held; null where it is too large. */
  readonly original?: unknown;
  /** The queue that has the text, where `original` is null. */
  readonly originalAt?: string;
  /** The properties of the message, without its text and without secrets: as the producer wrote them, right or wrong. */
  readonly [property: string]: unknown;
}

/** `from` and `to` are addresses alone, the subject is decoded; a stranger may have written all of it. */
interface PublishedExtract {
  readonly from?: string;
  readonly to?: readonly string[];
  /** How many more addresses To has. */
  readonly toomitted?: number;
  readonly subject?: string;
  /** Absent for the null reverse-path. */
  readonly envelope?: {readonly domain: string; readonly local: string};
  readonly recipient: {readonly domain: string; readonly local: string};
}

/** An attempt, or a decision of the pipeline. */
export interface PublishedEntry {
  /** How far the attempt came; `process` is a decision of the pipeline, `suppression` one by the suppression list. */
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
    | 'process'
    | 'suppression';
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
  readonly cipher?: {
    readonly name: string;
    readonly version: string;
    readonly bits?: number;
    /** IANA's number of the suite. */
    readonly id?: number;
  };
  readonly verified?: boolean;
  readonly authentication?: string;
  readonly policy?: string;
  /** What a policy in testing would have refused. */
  readonly policyfailure?: string;
  /** How many messages the connection had carried, this one included. */
  readonly messages?: number;
  /** The server may have taken the message: a later attempt may be a second copy. */
  readonly maybesent?: boolean;
  /** The setting that made this, where no server did: `errors/spring`. */
  readonly forced?: string;
  /** Why somebody has written that setting. */
  readonly reason?: string;
  /** Of a failure: whether the message ended with it. */
  readonly fatal?: boolean;
  /** How long the attempt took, at all of its hosts. */
  readonly durationMs?: number;
  readonly queue?: string;
  /** Of a success: whether the server offers DSN. */
  readonly dsn?: boolean;
  /** The server's greeting, where `results-detail` asks for it. */
  readonly banner?: string;
  /** The server's, where `results-detail` asks for it. */
  readonly certificate?: PublishedCertificate;
  /** Octets over this connection so far, where `results-detail` asks for them: of SMTP, and of the texts alone. */
  readonly sent?: {readonly connection: number; readonly data: number};
  /** How many of its details went when there was no room for them. */
  readonly omitted?: number;
  /** How many entries before this one went when there was no room for them. */
  readonly dropped?: number;
}

interface PublishedCertificate {
  readonly notbefore: string;
  readonly notafter: string;
  readonly version: number;
  readonly verified: boolean;
  /** `ok`, or why it proves nothing. */
  readonly result: string;
  readonly 'self-signed': boolean;
  readonly subject: PublishedCertificateName;
  readonly issuer: PublishedCertificateName;
  readonly altnames: readonly string[];
  /** How many more it has. */
  readonly altnamesomitted?: number;
}

interface PublishedCertificateName {
  readonly common?: string;
  readonly country?: string;
  readonly locality?: string;
  readonly state?: string;
  readonly organization?: string;
}
