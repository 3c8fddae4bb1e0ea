// A transport for nodemailer: what it composes goes onto the outbox in place of an SMTP server.

import {EventEmitter} from 'node:events';
import {isJsonObject} from '../../shared/json.ts';
import {parseMailbox} from '../../shared/smtp/address.ts';
import {problemOf} from '../enqueue.ts';
import {dsnPropertyOf} from './dsn-property.ts';
import {MailProblem} from './mail-problem.ts';
import {MailQueue, type MessageProperties, type QueueOptions, type Submitted} from './mail-queue.ts';
import {messageIdIn, mimeOf, octetsIn} from './mail-text.ts';

/** What nodemailer hands to a transport, as far as this one reads it. */
export interface ComposedMail {
  readonly data: object;
  readonly message: {
    getEnvelope(): {readonly from: string | false; readonly to: readonly string[]};
    messageId(): string;
    createReadStream(): AsyncIterable<Uint8Array | string>;
  };
}

/** What nodemailer's own options do not know: `{...mail, relayq: {tags: ['welcome']}}`. */
export interface RelayqMail {
  /** Properties of the messages, besides those of the transport's `message`. */
  readonly relayq?: MessageProperties;
}

/** What `sendMail` resolves with, once the mail is on the queue. What became of it results say. */
// A type, as an interface would not be assignable to nodemailer's SentMessageInfo, which has an index signature.
export type RelayqSent = {
  /** Without a sender, `from` is empty. */
  readonly envelope: {readonly from: string; readonly to: string[]};
  readonly messageId: string;
  readonly accepted: string[];
  readonly rejected: string[];
  /** Only where there are any: each with its `recipient`. */
  readonly rejectedErrors?: RelayqError[];
  readonly pending: string[];
  readonly response: string;
  /** The ids by which results and the log know the messages. */
  readonly queued: {readonly recipient: string; readonly id: string}[];
};

/** With the `code` that nodemailer's SMTP would give. */
export interface RelayqError extends Error {
  readonly code: 'ECONFIG' | 'ECONNECTION' | 'EENVELOPE' | 'EMESSAGE' | 'EREQUIRETLS';
  readonly recipient?: string;
  readonly rejected?: string[];
  readonly rejectedErrors?: RelayqError[];
}

type Details = Partial<Omit<RelayqError, 'code' | 'name' | 'message'>>;

const errorOf = (code: RelayqError['code'], message: string, details: Details = {}): RelayqError =>
  Object.assign(new Error(message), {code, ...details});

/** Mails on their way, before it says that it has enough. */
const mailsAtOnce = 80;

/** The package's. */
const version = '0.1.0';

export class RelayqTransport extends EventEmitter {
  readonly name = 'relayq';
  readonly version = version;
  readonly #queue: MailQueue;
  readonly #message: MessageProperties;
  #sending = 0;
  #isClosed = false;

  /** @throws RelayqError */
  constructor(options: QueueOptions) {
    super();
    try {
      this.#queue = new MailQueue(options);
    } catch (error) {
      throw errorOf('ECONFIG', (error as Error).message);
    }
    this.#message = options.message ?? {};
    setImmediate(() => this.emit('idle'));
  }

  send(mail: ComposedMail, callback: (error: Error | null, sent?: RelayqSent) => void): void {
    this.#sending += 1;
    const done = (error: Error | null, sent?: RelayqSent) => {
      this.#sending -= 1;
      // Outside of the promise, which would swallow what the callback throws.
      setImmediate(() => {
        callback(error, sent);
        if (this.isIdle()) this.emit('idle');
      });
      this.#closeIfDone();
    };
    this.#send(mail).then(sent => done(null, sent), done);
  }

  async #send({data, message}: ComposedMail): Promise<RelayqSent> {
    const envelope = message.getEnvelope();
    const {sender, fit, rejections} = parseEnvelope(envelope);
    const {relayq, dsn, requireTLSExtensionEnabled} = data as Record<string, unknown>;
    if (requireTLSExtensionEnabled)
      throw errorOf(
        'EREQUIRETLS',
        'requireTLSExtensionEnabled is not done: say relayq: {security: "verified"}',
      );
    let mime: string;
    let submitted: readonly Submitted[];
    try {
      if (relayq !== undefined && !isJsonObject(relayq))
        throw new MailProblem('relayq must be an object of properties');
      const properties = {...this.#message, ...(dsn ? {dsn: dsnPropertyOf(dsn)} : {}), ...relayq};
      mime = mimeOf(await octetsIn(message.createReadStream()));
      const mail = {sender, recipients: fit, mime, properties};
      submitted = fit.length === 0 ? [] : await this.#queue.submit(mail);
    } catch (error) {
      throw error instanceof MailProblem ? errorOf('EMESSAGE', error.message) : error;
    }
    const queued = submitted.flatMap(each => (each.ok ? [{recipient: each.recipient, id: each.id}] : []));
    const rejectedErrors = [...rejections, ...submitted.flatMap(each => this.#rejectionOf(each))];
    const rejected = rejectedErrors.map(({recipient}) => recipient!);
    if (queued.length === 0) throw allRejected(rejected, rejectedErrors);
    const accepted = queued.map(({recipient}) => recipient);
    return {
      envelope: {from: sender, to: [...envelope.to]},
      messageId: messageIdIn(mime) ?? message.messageId(),
      accepted,
      rejected,
      ...(rejectedErrors.length > 0 && {rejectedErrors}),
      pending: [],
      response: `queued for ${accepted.length} of ${accepted.length + rejected.length} recipients`,
      queued,
    };
  }

  #rejectionOf(submitted: Submitted): RelayqError[] {
    if (submitted.ok) return [];
    const {recipient, problem, isRefused, cause} = submitted;
    const code = isRefused ? 'EMESSAGE' : 'ECONNECTION';
    return [
      errorOf(code, `${this.#queue.url}: ${problem}`, {recipient, ...(cause !== undefined && {cause})}),
    ];
  }

  /** Whether the queue is there and may be asked for. Nothing is queued. */
  verify(): Promise<true>;
  verify(callback: (error: Error | null, success?: true) => void): void;
  verify(callback?: (error: Error | null, success?: true) => void): Promise<true> | undefined {
    const verified = this.#queue.verify().then(
      () => true as const,
      cause => {
        throw errorOf('ECONNECTION', `${this.#queue.url}: ${problemOf(cause)}`, {cause});
      },
    );
    if (callback === undefined) return verified;
    verified.then(
      success => setImmediate(() => callback(null, success)),
      error => setImmediate(() => callback(error)),
    );
    return undefined;
  }

  /** Whether it takes more mails at once. It emits `idle` as a pool does. */
  isIdle(): boolean {
    return this.#sending < mailsAtOnce;
  }

  /** Closes its client's connections, behind the last mail. A client of the user's own stays open. */
  close(): void {
    this.#isClosed = true;
    this.#closeIfDone();
    this.emit('close');
  }

  #closeIfDone(): void {
    if (this.#isClosed && this.#sending === 0) this.#queue.close();
  }
}

/** @throws RelayqError where there is no envelope */
function parseEnvelope({from, to}: ReturnType<ComposedMail['message']['getEnvelope']>) {
  const sender = from || '';
  const parsed = sender === '' ? undefined : parseMailbox(sender);
  if (parsed?.ok === false) throw errorOf('EENVELOPE', `sender ${JSON.stringify(sender)} ${parsed.problem}`);
  if (to.length === 0) throw errorOf('EENVELOPE', 'the mail has no recipients');
  const fit: string[] = [];
  const rejections: RelayqError[] = [];
  for (const recipient of new Set(to)) {
    const mailbox = parseMailbox(recipient);
    if (mailbox.ok) fit.push(recipient);
    else
      rejections.push(
        errorOf('EENVELOPE', `recipient ${JSON.stringify(recipient)} ${mailbox.problem}`, {recipient}),
      );
  }
  return {sender, fit, rejections};
}

/** For the reason of the last one: where addresses are wrong and SQS failed as well, it is SQS's. */
function allRejected(rejected: string[], rejectedErrors: RelayqError[]): RelayqError {
  const {code, message, cause} = rejectedErrors.at(-1)!;
  return errorOf(code, message, {rejected, rejectedErrors, ...(cause !== undefined && {cause})});
}
