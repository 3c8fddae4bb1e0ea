// A message: what its properties mean, and its text.

import type {WantedSignature} from '../dkim/dkim-property.ts';
import type {JsonObject} from '../json.ts';
import type {ResultKind} from '../names.ts';
import type {Problem} from '../parsed.ts';
import type {Mailbox} from '../smtp/address.ts';
import type {Dsn} from '../smtp/dsn.ts';
import type {Security} from '../smtp/security.ts';
import type {Relay} from '../smtp/smarthost.ts';
import type {DeliveryWindow} from './delivery-window.ts';
import type {HeaderChanges} from './header-changes.ts';
import type {Arrival, Tracking} from './tracking.ts';

/** What a message says, without its text. All times are milliseconds since the epoch. */
export interface Particulars {
  /** All properties but `mime`, custom ones included; those that x-mq-* fields set are among them. */
  readonly properties: JsonObject;
  /** MAIL FROM; undefined is the null reverse-path, `<>`. */
  readonly envelope: Mailbox | undefined;
  readonly recipient: Mailbox;
  readonly smarthost: Relay | undefined;
  readonly security: Security | undefined;
  readonly nextAttemptMs: number | undefined;
  readonly maxDeliverTimeMs: number | undefined;
  readonly maxAttempts: number | undefined;
  /** When it may be delivered, whatever the settings say of its domain. */
  readonly window: DeliveryWindow | undefined;
  /** Seconds between the attempts. */
  readonly retries: readonly number[] | undefined;
  readonly queues: ResultQueues;
  readonly keepMime: boolean;
  /** False where it is to go to suppressed recipients too. */
  readonly suppression: boolean | undefined;
  /** The signatures that it wants besides those of the settings, in their order. */
  readonly dkim: readonly WantedSignature[];
  readonly tags: readonly string[];
  /** What the next hop is asked of delivery status notifications. */
  readonly dsn: Dsn | undefined;
  /** What is still to be changed in the header section of a new message; later it has been. */
  readonly headers: HeaderChanges | undefined;
  readonly results: readonly JsonObject[];
  readonly tracking: Tracking;
}

export interface Message extends Particulars {
  /** The MIME text, without x-mq-* fields. */
  readonly text: string;
}

/** A message whose text is still to be composed. */
export interface Draft extends Particulars {
  /** Options of nodemailer's composer: from, to, subject, text, attachments, … */
  readonly mime: JsonObject;
  readonly arrival: Arrival;
}

/** Where results go: a queue's name, or null for nowhere. A kind that is absent goes to the stage's own queue. */
export type ResultQueues = Readonly<Partial<Record<ResultKind, string | null>>>;

export type ParsedMessage<M extends Message | Draft = Message> =
  | {readonly ok: true; readonly message: M}
  | ({readonly ok: false} & Refusal);

/** Why something is not a message, and what could be read of it all the same. */
export interface Refusal {
  readonly problems: readonly Problem[];
  /** All but `mime`. */
  readonly properties?: JsonObject;
  readonly tracking?: Tracking;
  /** Where the result goes; empty unless this property was valid. */
  readonly queues: ResultQueues;
}

export const refusing = (
  {properties, tracking, queues}: Particulars,
  problem: Problem,
): {readonly ok: false} & Refusal => ({ok: false, problems: [problem], properties, tracking, queues});

/** For the body of a record or of a result. */
export const bodyPropertiesOf = ({properties, text}: Message): JsonObject => ({...properties, mime: text});
