// Opens a session: TCP, greeting, EHLO, STARTTLS and AUTH, by nodemailer's SMTPConnection, on an address of our
// choice and at the TLS level of the target. What a failure means is decided in shared/outcome.ts, not here.

import {X509Certificate} from 'node:crypto';
import type net from 'node:net';
import {setImmediate as turn} from 'node:timers/promises';
import {type DetailedPeerCertificate, TLSSocket} from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import {type Dane, daneFailureOf} from '../../shared/dane.ts';
import {isLoopback} from '../../shared/ip-address.ts';
import {type HostPolicy, policyFailureOf} from '../../shared/mta-sts.ts';
import type {Failure} from '../../shared/outcome.ts';
import {parseExtensions, parseReply} from '../../shared/reply.ts';
import type {Security} from '../../shared/security.ts';
import type {Credentials} from '../../shared/smarthost.ts';
import {Conversation} from './conversation.ts';
import {Dialogue} from './dialogue.ts';
import {factFailure} from './smtp-failure.ts';
import {SmtpSession} from './smtp-session.ts';
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
  /** The MTA-STS policy that holds for the host; what it asks for is in the security level. */
  readonly policy?: HostPolicy;
  /** What the certificate must be, whatever the level says: RFC 7672 is for hosts that promise it. */
  readonly dane?: Dane;
}

/** What a connection was, for results and logs. */
export interface SessionFacts {
  readonly from?: string;
  readonly to: string;
  readonly cipher?: {readonly name: string; readonly version: string};
  readonly verified?: boolean;
  readonly authentication?: string;
  readonly policy?: 'dane' | 'mta-sts' | 'mta-sts-testing';
  /** What the policy, were it not in testing, would have refused this connection for. */
  readonly policyFailure?: string;
}

export type Opened =
  | {readonly ok: true; readonly session: SmtpSession}
  | {readonly ok: false; readonly failure: Failure; readonly facts: SessionFacts};

export interface SessionOptions extends Clock {
  readonly heloName: string | undefined;
  readonly connectTimeoutMs: number;
  /** False for a server that has shown that it offers PIPELINING and cannot do it. */
  readonly pipelining: boolean;
}

/** Opens a session; falls back to clear text on the same address where the security level lets it. */
export async function openSession(target: Target, options: SessionOptions): Promise<Opened> {
  const opened = await openOnce(target, options, false);
  if (opened.ok || opened.failure.stage !== 'starttls' || target.implicitTls) return opened;
  const clearIsFine = !mustEncrypt(target) && (target.security === 'optional' || !target.credentials);
  return clearIsFine ? openOnce(target, options, true) : opened;
}

async function openOnce(target: Target, options: SessionOptions, inClear: boolean): Promise<Opened> {
  const connected = await connectTcp(target.address, target.port, options);
  if (!connected.ok) return {...connected, facts: {to: target.address}};
  const opening = new SmtpOpening(target, connected.socket, options, inClear);
  const failure = await opening.run();
  if (failure === undefined) return {ok: true, session: opening.session()};
  const {facts} = opening;
  opening.close();
  return {ok: false, failure, facts};
}

class SmtpOpening {
  readonly #target: Target;
  readonly #options: SessionOptions;
  readonly #connection: SMTPConnection;
  readonly #dialogue: Dialogue;
  readonly #watch: StageWatch;
  readonly #secrets: readonly string[];
  readonly #localAddress: string | undefined;
  #authentication: string | undefined;

  constructor(target: Target, socket: net.Socket, options: SessionOptions, inClear: boolean) {
    this.#target = target;
    this.#options = options;
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
      tls: {rejectUnauthorized: target.security === 'verified' && !provesItself(target)},
      connectionTimeout: noTimeoutMs,
      greetingTimeout: noTimeoutMs,
      socketTimeout: noTimeoutMs,
      logger: this.#dialogue.logger,
      transactionLog: true,
    });
  }

  async run(): Promise<Failure | undefined> {
    const failure = await this.#step(done => this.#connection.connect(done));
    return failure ?? this.#transientRefusal() ?? (await this.#authenticate()) ?? (await this.#loss());
  }

  #step(step: Step): Promise<Failure | undefined> {
    return this.#watch.during(this.#connection, this.#dialogue, step);
  }

  #transientRefusal(): Failure | undefined {
    const reply = parseReply(this.#dialogue.ehloRefusal ?? '');
    return reply && {stage: 'ehlo', result: 'error', reply, description: reply.text};
  }

  async #authenticate(): Promise<Failure | undefined> {
    const {secure} = this.#connection;
    const {address, security, credentials} = this.#target;
    if (mustEncrypt(this.#target) && !secure) {
      return factFailure('starttls', 'tls-unavailable', 'the connection is not encrypted');
    }
    const unproven = this.#daneFailure;
    if (unproven !== undefined) return factFailure('starttls', 'tls-failed', `${unproven} (DANE)`);
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

  /** What has come behind the last reply nodemailer reads a turn later; it closes on it, and calls nobody back. */
  async #loss(): Promise<Failure | undefined> {
    await turn();
    if ((this.#connection._socket as net.Socket).writable) return undefined;
    const description = 'the server closed the connection, or replied to what it had not been asked';
    return {stage: this.#dialogue.stage, result: 'lost', description};
  }

  get #daneFailure(): string | undefined {
    const {dane} = this.#target;
    const {_socket: socket} = this.#connection;
    return (
      dane && daneFailureOf(dane, socket instanceof TLSSocket ? chainOf(socket) : [], this.#options.now())
    );
  }

  get #extensions(): ReadonlyMap<string, string> {
    return parseExtensions(this.#dialogue.ehloReply);
  }

  get facts(): SessionFacts {
    const {_socket: socket} = this.#connection;
    const {policy} = this.#target;
    const secured = socket instanceof TLSSocket ? socket : undefined;
    const {standardName, name, version} = secured?.getCipher() ?? {};
    return {
      ...(this.#localAddress !== undefined && {from: this.#localAddress}),
      to: this.#target.address,
      ...(name !== undefined &&
        version !== undefined && {
          cipher: {name: standardName ?? name, version: secured?.getProtocol() ?? version},
        }),
      ...(secured && {
        verified: provesItself(this.#target) ? this.#daneFailure === undefined : secured.authorized,
      }),
      ...(this.#authentication !== undefined && {authentication: this.#authentication}),
      ...(policy && {policy: policy.mode === 'enforce' ? 'mta-sts' : 'mta-sts-testing'}),
      ...(this.#target.dane && {policy: 'dane'}),
    };
  }

  /** Takes the socket out of nodemailer's hands: what it hears from now on is that the socket closes. */
  session(): SmtpSession {
    const {facts} = this;
    const policyFailure = policyFailureOf(this.#target.policy, facts);
    const socket = this.#connection._socket as net.Socket;
    socket.removeAllListeners('data').setTimeout(0).removeAllListeners('timeout');
    this.#connection.removeAllListeners('error').on('error', () => {});
    const extensions = this.#extensions;
    return new SmtpSession({
      target: this.#target,
      conversation: new Conversation(socket, this.#options, this.#secrets),
      extensions,
      facts: {...facts, ...(policyFailure !== undefined && {policyFailure})},
      pipelining: extensions.has('PIPELINING') && this.#options.pipelining,
      openedMs: this.#options.now(),
    });
  }

  close(): void {
    this.#connection.close();
  }
}

const mustEncrypt = ({security, dane}: Target): boolean =>
  security === 'required' || security === 'verified' || dane !== undefined;

/** By its TLSA records: then no authority needs to vouch for it. */
const provesItself = ({dane}: Target): boolean => dane !== undefined && dane.records.length > 0;

/** The server's certificate, and those behind it. (getPeerX509Certificate() finds it once only: nodejs/node#65579.) */
function chainOf(socket: TLSSocket): readonly X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
  while (next?.raw !== undefined) {
    chain.push(new X509Certificate(next.raw));
    // The last one is its own issuer, or has none.
    next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
  }
  return chain;
}

/** What a server could echo: the password, and what AUTH PLAIN makes of it. */
const secretsOf = (credentials: Credentials | undefined): readonly string[] =>
  credentials ? [credentials.password, `\0${credentials.username}\0${credentials.password}`] : [];
