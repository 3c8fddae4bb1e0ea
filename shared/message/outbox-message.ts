// A message as a producer writes it: the type of the JSON on the outbox. docs/messages.md tells what each property means.

/** Whoever adds properties of their own, which results carry too, adds their types: `OutboxMessage & {orderId: string}`. */
export interface OutboxMessage {
  /** RCPT TO: one address. */
  readonly recipient: string;
  /** MAIL FROM; without it, or with `<>`, the null reverse-path. */
  readonly envelope?: string | null;
  /** The MIME text, or nodemailer's options to make one from: `from`, `to`, `subject`, `text`, `html`, `attachments`, … */
  readonly mime: string | Readonly<Record<string, unknown>>;
  /** Where this message goes instead of where the settings say; as a URL `smtp://user:password@host:587`. */
  readonly smarthost?: OutboxSmarthost | string | null;
  readonly security?: OutboxSecurity | null;
  /** Not before then. Times are UTC: `YYYY-MM-DD HH:MM:SS`. */
  readonly nextattempt?: {readonly time: string} | null;
  /** The same as `nextattempt`, as the time alone. */
  readonly delayed?: string | null;
  /** A time after which it is given up. */
  readonly maxdelivertime?: string | null;
  /** From 1 to 1,000,000. */
  readonly maxattempts?: number | null;
  /** Seconds between attempts; the last one repeats. */
  readonly retries?: readonly number[] | string | null;
  /** It is delivered within this window alone: on some days, from one time to another, by the clocks of a place. */
  readonly window?: OutboxWindow | null;
  /** Names of SQS queues that results go to instead of the stage's own; null for none. */
  readonly queues?: {
    readonly results?: string | null;
    readonly success?: string | null;
    readonly failure?: string | null;
    readonly retry?: string | null;
    readonly dsn?: string | null;
  } | null;
  /** Results hold the `mime` too. */
  readonly keepmime?: boolean | null;
  /** What is done with the `x-mq-*` headers of this message's text. */
  readonly 'mq-headers'?: 'obeyed' | 'stripped' | 'refused' | null;
  /** A text with lines of more than 998 octets, or with line ends other than CRLF, is invalid. */
  readonly strict?: boolean | null;
  /** False: it goes to suppressed recipients too, where `suppression-override` allows it. */
  readonly suppression?: boolean | null;
  /** Signatures besides those of the settings: docs/dkim.md. */
  readonly dkim?: OutboxDkim | readonly OutboxDkim[] | false | null;
  /** What is changed in the text's header section, before it is sent: in the order of the members. */
  readonly headers?: OutboxHeaders | false | null;
  /** For log and results. */
  readonly tags?: readonly string[] | null;
  /** Results of earlier attempts, elsewhere. */
  readonly results?: readonly Readonly<Record<string, unknown>>[] | null;
  /** What the next hop is asked of delivery status notifications (RFC 3461). */
  readonly dsn?: OutboxDsn | null;
  /** Carried through to the result. */
  readonly ips?: readonly string[] | null;
  /** Carried through to the result. */
  readonly pool?: string | null;
}

/** Fields are `Name: value`; one or a list. */
interface OutboxHeaders {
  /** Names of fields that are taken out. */
  readonly remove?: string | readonly string[] | null;
  /** In the place of the first field of the name; others go. Without one it is appended. */
  readonly replace?: string | readonly string[] | null;
  /** The same, but nothing is appended. */
  readonly update?: string | readonly string[] | null;
  /** Before all other fields. */
  readonly prepend?: string | readonly string[] | null;
  /** Behind all other fields. */
  readonly append?: string | readonly string[] | null;
  /** The same as `append`. */
  readonly add?: string | readonly string[] | null;
}

/** What is not well-formed is not passed on. Members of other names are carried through to the result. */
interface OutboxDsn {
  /** `SUCCESS`, `FAILURE` and `DELAY`, or `NEVER` alone; a text has commas. */
  readonly notify?: string | readonly string[] | null;
  /** Of the message in a notification: all of it, or its header section. */
  readonly ret?: 'FULL' | 'HDRS' | null;
  /** At most 100 characters of ASCII, not in xtext. */
  readonly envid?: string | null;
  /** Type and address: `rfc822;user@example.org`, not in xtext. */
  readonly orcpt?: string | null;
  readonly [other: string]: unknown;
}

interface OutboxWindow {
  /** Those on which it opens; without them it is every day. */
  readonly days?: readonly ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[];
  /** `09:00` */
  readonly from: string;
  /** `17:30`; up to `from` it is on the next day. */
  readonly to: string;
  /** A name of IANA: `Europe/Amsterdam`. */
  readonly timezone: string;
}

export interface OutboxSmarthost {
  /** When one host of a list fails, the next one is tried. */
  readonly hostname: string | readonly string[];
  /** 25 by default. */
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
  readonly security?: OutboxSecurity;
}

/** Without a key it picks stored ones. */
export interface OutboxDkim {
  readonly domain?: string;
  readonly selector?: string;
  /** PEM, or its base64 alone. */
  readonly key?: string;
  readonly algorithm?: 'rsa-sha256' | 'ed25519-sha256';
  readonly canonicalization?: 'relaxed/relaxed' | 'relaxed/simple' | 'simple/relaxed' | 'simple/simple';
  /** UTC: `YYYY-MM-DD HH:MM:SS`. */
  readonly expire?: string;
  /** Further fields to sign. */
  readonly headers?: readonly string[] | string;
  /** The lower, the higher the signature stands. */
  readonly priority?: number;
}

type OutboxSecurity = 'optional' | 'opportunistic' | 'required' | 'verified';
