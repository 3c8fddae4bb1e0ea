// Opens a session with a target: greeting, EHLO, STARTTLS, EHLO again and AUTH. What a failure means is decided in
// shared/smtp/verdict.ts, and what clear text may be used for in shared/smtp/target.ts.

import {randomBytes} from 'node:crypto';
import type net from 'node:net';
import {type Failure, factFailure, type Stage, type Tried} from '../../../shared/smtp/failure.ts';
import {addressLiteralOf} from '../../../shared/smtp/ip-address.ts';
import {policyFailureOf} from '../../../shared/smtp/mta-sts.ts';
import {parseExtensions} from '../../../shared/smtp/reply.ts';
import {failureInClear, mayBeInClear, mustEncrypt, type Target} from '../../../shared/smtp/target.ts';
import {handshakeProblemOf, isOfTls} from '../../../shared/smtp/tls-failure.ts';
import {type Answer, failureOf} from './answer.ts';
import {authenticate, secretsOf} from './authentication.ts';
import {Conversation} from './conversation.ts';
import {OctetCount, type SentOctets} from './sent-octets.ts';
import type {SessionFacts} from './session-facts.ts';
import {SmtpSession} from './smtp-session.ts';
import {connectTcp} from './tcp.ts';
import type {Deadline} from './timeouts.ts';
import {type Secured, secure, sessionFor} from './tls.ts';
import type {TlsSessions} from './tls-sessions.ts';

export type Opened = Tried<{readonly session: SmtpSession}> & {
  readonly facts: SessionFacts;
  /** What an opening that failed had sent. */
  readonly sentOctets?: SentOctets;
};

export interface SessionOptions extends Deadline {
  readonly heloName: string | undefined;
  readonly connectTimeoutMs: number;
  /** False for a server that has shown that it offers PIPELINING and cannot do it. */
  readonly pipelining: boolean;
  /** Whether the server may be asked if it knows BDAT: not where it has shown that it should not be sent flights. */
  readonly chunking?: boolean;
  /** Whether the facts are to tell the server's certificate. */
  readonly wantsCertificate?: boolean;
  /** TLS sessions that may be resumed. */
  readonly tlsSessions?: TlsSessions | undefined;
}

/** Opens a session. Where TLS fails and the target allows it, a new connection does without TLS. */
export async function openSession(target: Target, options: SessionOptions): Promise<Opened> {
  const {tlsFailed, hasOffered, ...opened} = await openOnce(target, options, false);
  if (!tlsFailed) return opened;
  if (hasOffered) {
    // The server may have stumbled over it. That is no reason for clear text.
    options.tlsSessions?.failed(target, options.now());
    return openSession(target, options);
  }
  return mayBeInClear(target) ? openOnce(target, options, true) : opened;
}

async function openOnce(
  target: Target,
  options: SessionOptions,
  inClear: boolean,
): Promise<Opened & {readonly tlsFailed?: boolean; readonly hasOffered?: boolean}> {
  const connected = await connectTcp(target.address, target.port, options);
  if (!connected.ok) return {...connected, facts: {to: target.address}};
  const opening = new SmtpOpening(target, connected.socket, options);
  const failure = await opening.run(inClear);
  const {facts, tlsFailed, hasOffered} = opening;
  if (failure === undefined) return {ok: true, session: opening.session(), facts};
  return {ok: false, failure, facts, sentOctets: opening.sentOctets, tlsFailed, hasOffered};
}

class SmtpOpening {
  /** Whether it failed because of TLS. */
  tlsFailed = false;
  /** Whether it offered a TLS session to be resumed. */
  hasOffered = false;
  readonly #target: Target;
  readonly #options: SessionOptions;
  readonly #secrets: readonly string[];
  readonly #localAddress: string | undefined;
  #socket: net.Socket;
  #conversation: Conversation;
  /** The stage of the last command. */
  #stage: Stage = 'intro';
  /** Whether the server has said anything since the connection began, or since it is under TLS. */
  #heard = false;
  #extensions: ReadonlyMap<string, string> = new Map();
  #tls: Secured | undefined;
  #authentication: string | undefined;
  #banner: string | undefined;
  readonly #count = new OctetCount();

  constructor(target: Target, socket: net.Socket, options: SessionOptions) {
    this.#target = target;
    this.#options = options;
    this.#localAddress = socket.localAddress;
    this.#secrets = secretsOf(target.credentials);
    this.#socket = socket;
    this.#conversation = new Conversation(socket, options, this.#secrets, this.#count);
  }

  /** @param inClear whether to do without STARTTLS */
  async run(inClear: boolean): Promise<Failure | undefined> {
    const {implicitTls} = this.#target;
    const failure =
      (implicitTls ? await this.#secure() : undefined) ??
      (await this.#intro()) ??
      (await this.#hello()) ??
      (inClear || implicitTls ? undefined : await this.#startTls()) ??
      (await this.#authenticate()) ??
      this.#loss();
    if (failure === undefined) return undefined;
    this.#conversation.close();
    return this.#asOfTls(failure);
  }

  /** @param line undefined for the greeting, which comes without a command */
  async #say(stage: Stage, line?: string): Promise<Answer> {
    this.#stage = stage;
    const conversation = this.#conversation;
    const answer = await (line === undefined ? conversation.greeting() : conversation.command(stage, line));
    this.#heard ||= answer.ok;
    return answer;
  }

  async #intro(): Promise<Failure | undefined> {
    const answer = await this.#say('intro');
    if (answer.ok) this.#banner = answer.reply.text;
    return failureOf(answer, 'intro', 2);
  }

  /** What the server announced before TLS is forgotten (RFC 3207 4.2). */
  async #hello(): Promise<Failure | undefined> {
    this.#extensions = new Map();
    const name = this.#options.heloName ?? addressLiteralOf(this.#localAddress ?? '') ?? '[127.0.0.1]';
    const answer = await this.#say('ehlo', `EHLO ${name}`);
    const refusal = failureOf(answer, 'ehlo', 2);
    if (refusal === undefined && answer.ok) this.#extensions = parseExtensions(answer.lines);
    // HELO is no use with a server that is busy, or where TLS is a must: no STARTTLS follows it.
    const isTransient = refusal?.reply !== undefined && Math.floor(refusal.reply.code / 100) === 4;
    const needsMore = mustEncrypt(this.#target) && this.#tls === undefined;
    if (refusal === undefined || isTransient || needsMore || !this.#conversation.open) return refusal;
    const failure = failureOf(await this.#say('helo', `HELO ${name}`), 'helo', 2);
    // If the server has closed the connection since, its reply to EHLO says why.
    return failure?.result === 'lost' ? refusal : failure;
  }

  async #startTls(): Promise<Failure | undefined> {
    // Some servers take it without offering it.
    if (!this.#extensions.has('STARTTLS') && !mustEncrypt(this.#target)) return undefined;
    const refusal = failureOf(await this.#say('starttls', 'STARTTLS'), 'starttls', 2);
    this.tlsFailed = refusal !== undefined;
    return refusal ?? (await this.#secure()) ?? this.#hello();
  }

  async #secure(): Promise<Failure | undefined> {
    this.#stage = 'starttls';
    if (!this.#conversation.release()) return this.#loss();
    this.hasOffered = sessionFor(this.#target, this.#options) !== undefined;
    const secured = await secure(this.#socket, this.#target, this.#options);
    this.tlsFailed = !secured.ok;
    if (!secured.ok) return secured.failure;
    this.#socket = secured.socket;
    this.#conversation = new Conversation(secured.socket, this.#options, this.#secrets, this.#count);
    this.#tls = secured;
    this.#heard = false;
    const {problem} = secured;
    return problem === undefined ? undefined : factFailure('starttls', 'tls-failed', problem);
  }

  /**
   * Under TLS 1.3 a server may refuse when the handshake is over for us, because it wants a client certificate, say. It
   * says so in an alert (RFC 8446 4.4.2.4), or the connection is lost before it has said a word.
   */
  #asOfTls(failure: Failure): Failure {
    if (this.#tls === undefined || this.#heard || failure.result !== 'lost') return failure;
    this.tlsFailed = true;
    const error = this.#tls.error();
    if (error === undefined || !isOfTls(error)) return failure;
    return factFailure('starttls', 'tls-failed', handshakeProblemOf(error));
  }

  async #authenticate(): Promise<Failure | undefined> {
    const {credentials} = this.#target;
    const inClear = this.#tls === undefined;
    const unfit = inClear ? failureInClear(this.#target) : undefined;
    if (unfit !== undefined || credentials === undefined) return unfit;
    const offered = this.#extensions.get('AUTH') ?? '';
    const {name, stage, failure} = await authenticate(this.#conversation, credentials, offered, inClear);
    this.#stage = stage;
    this.#authentication = name;
    return failure;
  }

  /** A loss of the connection after the last reply, which was a good one. */
  #loss(): Failure | undefined {
    const {loss} = this.#conversation;
    return loss === undefined ? undefined : {stage: this.#stage, result: 'lost', description: loss};
  }

  get sentOctets(): SentOctets {
    return this.#count.sentOctets;
  }

  get facts(): SessionFacts {
    const {policy, dane, address} = this.#target;
    return {
      ...(this.#localAddress !== undefined && {from: this.#localAddress}),
      to: address,
      ...(this.#banner !== undefined && {banner: this.#banner}),
      dsn: this.#extensions.has('DSN'),
      ...this.#tls?.facts,
      ...(this.#authentication !== undefined && {authentication: this.#authentication}),
      ...(policy && {policy: policy.mode === 'enforce' ? 'mta-sts' : 'mta-sts-testing'}),
      ...(dane && {policy: 'dane'}),
    };
  }

  session(): SmtpSession {
    const {facts} = this;
    const policyFailure = policyFailureOf(this.#target.policy, facts);
    return new SmtpSession({
      target: this.#target,
      conversation: this.#conversation,
      extensions: this.#extensions,
      facts: {
        ...facts,
        connection: randomBytes(6).toString('base64url'),
        ...(policyFailure !== undefined && {policyFailure}),
      },
      pipelining: this.#extensions.has('PIPELINING') && this.#options.pipelining,
      chunking: this.#options.chunking ?? false,
      openedMs: this.#options.now(),
    });
  }
}
