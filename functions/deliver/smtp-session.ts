// One SMTP connection to one address: opened, secured and authenticated by nodemailer's SMTPConnection, then
// used for one message after another. What a failure means is decided in shared/outcome.ts, not here.

import type net from 'node:net';
import {TLSSocket} from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import {asciiAddressOf, type Mailbox, needsSmtpUtf8} from '../../shared/address.ts';
import type {Content} from '../../shared/content.ts';
import {isLoopback} from '../../shared/ip-address.ts';
import type {Failure} from '../../shared/outcome.ts';
import {parseExtensions, parseReply, printable, type Reply, sizeLimitOf} from '../../shared/reply.ts';
import {maskedReply} from '../../shared/secrets.ts';
import type {Security} from '../../shared/security.ts';
import type {Credentials} from '../../shared/smarthost.ts';
import {Dialogue} from './dialogue.ts';
import {factFailure} from './smtp-failure.ts';
import {type Clock, StageWatch, type Step} from './stage-watch.ts';
import {connectTcp} from './tcp.ts';

/** Longer than any invocation: nodemailer's own timeouts never come, since ours know the stage. */
const noTimeoutMs = 3_600_000;

export interface Target {
  /** The name that the certificate must be for, and that logs show. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly security: Security;
  readonly credentials?: Credentials;
  /** TLS from the first octet (RFC 8314), not by STARTTLS. */
  readonly implicitTls: boolean;
}

/** What a connection was, for results and logs. */
export interface SessionFacts {
  readonly from?: string;
  readonly to: string;
  readonly cipher?: {readonly name: string; readonly version: string};
  readonly verified?: boolean;
  readonly authentication?: string;
}

export type Opened =
  | {readonly ok: true; readonly session: SmtpSession}
  | {readonly ok: false; readonly failure: Failure; readonly facts: SessionFacts};

export type Sent =
  | {readonly ok: true; readonly reply: Reply}
  | {readonly ok: false; readonly failure: Failure};

export interface SessionOptions extends Clock {
  readonly heloName: string | undefined;
}

export class SmtpSession {
  readonly target: Target;
  /** Messages handed over so far. */
  messages = 0;
  readonly #connection: SMTPConnection;
  readonly #dialogue: Dialogue;
  readonly #watch: StageWatch;
  readonly #secrets: readonly string[];
  readonly #localAddress: string | undefined;
  #authentication: string | undefined;
  #usable = true;
  #dirty = false;

  private constructor(target: Target, socket: net.Socket, options: SessionOptions, inClear: boolean) {
    this.target = target;
    this.#localAddress = socket.localAddress;
    this.#secrets = secretsOf(target.credentials);
    this.#watch = new StageWatch(options, this.#secrets);
    this.#dialogue = new Dialogue(target.implicitTls ? 'starttls' : 'connect', stage =>
      this.#watch.enter(stage),
    );
    this.#connection = new SMTPConnection({
      connection: socket,
      host: target.host,
      port: target.port,
      ...(options.heloName !== undefined && {name: options.heloName}),
      secure: target.implicitTls,
      ignoreTLS: inClear,
      requireTLS: mustEncrypt(target) && !target.implicitTls,
      tls: {rejectUnauthorized: target.security === 'verified'},
      connectionTimeout: noTimeoutMs,
      greetingTimeout: noTimeoutMs,
      socketTimeout: noTimeoutMs,
      logger: this.#dialogue.logger,
      transactionLog: true,
    });
  }

  /** Opens a session; falls back to clear text on the same address where the security level lets it. */
  static async open(target: Target, options: SessionOptions): Promise<Opened> {
    const opened = await SmtpSession.#openOnce(target, options, false);
    if (opened.ok || opened.failure.stage !== 'starttls' || target.implicitTls) return opened;
    const clearIsFine =
      target.security === 'optional' || (target.security === 'opportunistic' && !target.credentials);
    return clearIsFine ? SmtpSession.#openOnce(target, options, true) : opened;
  }

  static async #openOnce(target: Target, options: SessionOptions, inClear: boolean): Promise<Opened> {
    const connected = await connectTcp(target.address, target.port, options);
    if (!connected.ok) return {...connected, facts: {to: target.address}};
    const session = new SmtpSession(target, connected.socket, options, inClear);
    const failure =
      (await session.#step(done => session.#connection.connect(done))) ?? (await session.#authenticate());
    if (failure === undefined) return {ok: true, session};
    const {facts} = session;
    session.close();
    return {ok: false, failure, facts};
  }

  #step(step: Step): Promise<Failure | undefined> {
    return this.#watch.during(this.#connection, this.#dialogue, step);
  }

  async #authenticate(): Promise<Failure | undefined> {
    const {secure} = this.#connection;
    const {address, security, credentials} = this.target;
    if (mustEncrypt(this.target) && !secure) {
      return factFailure('starttls', 'tls-unavailable', 'the connection is not encrypted');
    }
    if (credentials === undefined) return undefined;
    if (!secure && security !== 'optional' && !isLoopback(address)) {
      return factFailure('auth', 'auth-needs-tls', 'credentials are not sent over an unencrypted connection');
    }
    const offered = (this.#extensions.get('AUTH') ?? '').toUpperCase().split(/\s+/);
    const preferred = secure ? ['PLAIN', 'LOGIN', 'CRAM-MD5'] : ['CRAM-MD5', 'PLAIN', 'LOGIN'];
    const method = preferred.find(name => offered.includes(name));
    if (method === undefined) {
      return factFailure(
        'auth',
        'auth-not-offered',
        'the server offers none of AUTH PLAIN, LOGIN and CRAM-MD5',
      );
    }
    this.#authentication = method;
    const {username: user, password: pass} = credentials;
    return this.#step(done => this.#connection.login({method, credentials: {user, pass}}, done));
  }

  get #extensions(): ReadonlyMap<string, string> {
    return parseExtensions(this.#dialogue.ehloReply);
  }

  get facts(): SessionFacts {
    const {_socket: socket} = this.#connection;
    const secured = socket instanceof TLSSocket ? socket : undefined;
    const {standardName, name, version} = secured?.getCipher() ?? {};
    return {
      ...(this.#localAddress !== undefined && {from: this.#localAddress}),
      to: this.target.address,
      ...(name !== undefined &&
        version !== undefined && {
          cipher: {name: standardName ?? name, version: secured?.getProtocol() ?? version},
        }),
      ...(secured && {verified: secured.authorized}),
      ...(this.#authentication !== undefined && {authentication: this.#authentication}),
    };
  }

  get usable(): boolean {
    return this.#usable && !this.#connection.destroyed;
  }

  /** Sends one message to one recipient. After a refusal the session may be used again; after a loss not. */
  async send(
    from: Mailbox | undefined,
    to: Mailbox,
    {octets, eightBit}: Content,
    clock: Clock,
  ): Promise<Sent> {
    this.#watch.clock = clock;
    const extensions = this.#extensions;
    const unfit = misfit(extensions, [from, to], octets.length, eightBit);
    if (unfit !== undefined) return {ok: false, failure: unfit};
    if (this.#dirty) {
      const failure = await this.#step(done => this.#connection.reset(done));
      if (failure) return this.#failed(failure);
    }
    this.#dirty = true;
    this.messages += 1;
    const utf8 = extensions.has('SMTPUTF8');
    const pathOf = (mailbox: Mailbox) => (utf8 ? mailbox.address : asciiAddressOf(mailbox));
    // A fresh envelope: nodemailer writes into the one that it is given.
    const envelope = {
      from: from ? pathOf(from) : '',
      to: [pathOf(to)],
      size: octets.length,
      use8BitMime: eightBit,
    };
    let response = '';
    const failure = await this.#step(done =>
      this.#connection.send(envelope, octets, (error, info) => {
        response = String(info?.response ?? '');
        done(error);
      }),
    );
    if (failure) return this.#failed(failure);
    const masked = maskedReply(response, this.#secrets);
    const reply = parseReply(masked);
    // nodemailer takes whatever begins with a 2 for an acceptance.
    if (reply === undefined || reply.code > 299) {
      const description = `not an SMTP reply: ${printable(masked)}`;
      return this.#failed({stage: 'message', result: 'invalid', description});
    }
    this.#dirty = false;
    return {ok: true, reply};
  }

  #failed(failure: Failure): Sent {
    // After anything but a clean refusal nobody knows what the next reply would answer.
    const code = failure.reply?.code ?? 0;
    if (code < 400 || code === 421 || code === 503) this.close();
    return {ok: false, failure};
  }

  /** Says goodbye and closes. */
  quit(): void {
    if (this.usable) this.#connection.quit();
    this.#usable = false;
  }

  close(): void {
    this.#usable = false;
    this.#connection.close();
  }
}

const mustEncrypt = ({security}: Target): boolean => security === 'required' || security === 'verified';

/** What a server could echo: the password, and what AUTH PLAIN makes of it. */
const secretsOf = (credentials: Credentials | undefined): readonly string[] =>
  credentials ? [credentials.password, `\0${credentials.username}\0${credentials.password}`] : [];

/** Why this server cannot take the message at all, going by what it offers. */
function misfit(
  extensions: ReadonlyMap<string, string>,
  mailboxes: readonly (Mailbox | undefined)[],
  size: number,
  eightBit: boolean,
): Failure | undefined {
  const limit = sizeLimitOf(extensions);
  if (limit !== undefined && size > limit) {
    return factFailure('mailfrom', 'too-large', `the message has ${size} octets; the server takes ${limit}`);
  }
  if (mailboxes.some(mailbox => mailbox && needsSmtpUtf8(mailbox)) && !extensions.has('SMTPUTF8')) {
    return factFailure('mailfrom', 'smtputf8-not-offered', 'an address needs SMTPUTF8, which is not offered');
  }
  if (eightBit && !extensions.has('8BITMIME')) {
    return factFailure(
      'mailfrom',
      '8bitmime-not-offered',
      'the message needs 8BITMIME, which is not offered',
    );
  }
  return undefined;
}
