// Opens a session: greeting, EHLO, STARTTLS, EHLO anew and AUTH, on an address of our choice and at the TLS level of
// the target. What a failure means is decided in shared/smtp/verdict.ts, not here.

import type net from 'node:net';
import {addressLiteralOf} from '../../../shared/smtp/address-literal.ts';
import {isLoopback} from '../../../shared/smtp/ip-address.ts';
import {policyFailureOf} from '../../../shared/smtp/mta-sts.ts';
import {parseExtensions} from '../../../shared/smtp/reply.ts';
import {handshakeProblemOf, isOfTls} from '../../../shared/smtp/tls-failure.ts';
import type {Failure, Stage} from '../../../shared/smtp/verdict.ts';
import type {Answer} from './answer.ts';
import {authenticate, secretsOf} from './authentication.ts';
import {Conversation} from './conversation.ts';
import type {SessionFacts} from './session-facts.ts';
import {factFailure, failureOf} from './smtp-failure.ts';
import {SmtpSession} from './smtp-session.ts';
import {mayBeInClear, mustEncrypt, type Target} from './target.ts';
import {connectTcp} from './tcp.ts';
import type {Clock} from './timeouts.ts';
import {type Secured, secure} from './tls.ts';

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
  const {tlsFailed, ...opened} = await openOnce(target, options, false);
  return tlsFailed && mayBeInClear(target) ? openOnce(target, options, true) : opened;
}

async function openOnce(
  target: Target,
  options: SessionOptions,
  inClear: boolean,
): Promise<Opened & {readonly tlsFailed?: boolean}> {
  const connected = await connectTcp(target.address, target.port, options);
  if (!connected.ok) return {...connected, facts: {to: target.address}};
  const opening = new SmtpOpening(target, connected.socket, options);
  const failure = await opening.run(inClear);
  if (failure === undefined) return {ok: true, session: opening.session()};
  opening.close();
  const {facts, tlsFailed} = opening;
  return {ok: false, failure, facts, tlsFailed};
}

class SmtpOpening {
  /** Whether it is TLS that it came to nothing for. */
  tlsFailed = false;
  readonly #target: Target;
  readonly #options: SessionOptions;
  readonly #secrets: readonly string[];
  readonly #localAddress: string | undefined;
  #socket: net.Socket;
  #conversation: Conversation;
  /** The command that was said last. */
  #stage: Stage = 'intro';
  /** Whether the server has said anything since the connection is as it is now: in clear, or under TLS. */
  #heard = false;
  #extensions: ReadonlyMap<string, string> = new Map();
  #tls: Extract<Secured, {ok: true}> | undefined;
  #authentication: string | undefined;

  constructor(target: Target, socket: net.Socket, options: SessionOptions) {
    this.#target = target;
    this.#options = options;
    this.#localAddress = socket.localAddress;
    this.#secrets = secretsOf(target.credentials);
    this.#socket = socket;
    this.#conversation = new Conversation(socket, options, this.#secrets);
  }

  /** @param inClear not even asking for TLS */
  async run(inClear: boolean): Promise<Failure | undefined> {
    const {implicitTls} = this.#target;
    const failure =
      (implicitTls ? await this.#secure() : undefined) ??
      failureOf(await this.#say('intro'), 'intro', 2) ??
      (await this.#hello()) ??
      (inClear || implicitTls ? undefined : await this.#startTls()) ??
      (await this.#authenticate()) ??
      this.#loss();
    return failure && this.#asOfTls(failure);
  }

  /** @param line undefined for the greeting, which comes without a command */
  async #say(stage: Stage, line?: string): Promise<Answer> {
    this.#stage = stage;
    const conversation = this.#conversation;
    const answer = await (line === undefined ? conversation.greeting() : conversation.command(stage, line));
    this.#heard ||= answer.ok;
    return answer;
  }

  /** What was announced before is forgotten: RFC 3207 4.2. */
  async #hello(): Promise<Failure | undefined> {
    this.#extensions = new Map();
    const name = this.#options.heloName ?? addressLiteralOf(this.#localAddress ?? '') ?? '[127.0.0.1]';
    const answer = await this.#say('ehlo', `EHLO ${name}`);
    const refusal = failureOf(answer, 'ehlo', 2);
    if (refusal === undefined && answer.ok) this.#extensions = parseExtensions(answer.lines);
    // A server that is busy would not offer less to HELO; and there is no STARTTLS behind it.
    const isTransient = refusal?.reply !== undefined && Math.floor(refusal.reply.code / 100) === 4;
    const needsMore = mustEncrypt(this.#target) && this.#tls === undefined;
    if (refusal === undefined || isTransient || needsMore || !this.#conversation.open) return refusal;
    const failure = failureOf(await this.#say('helo', `HELO ${name}`), 'helo', 2);
    // A server that has closed the connection since said why before.
    return failure?.result === 'lost' ? refusal : failure;
  }

  async #startTls(): Promise<Failure | undefined> {
    // It may be there without being offered.
    if (!this.#extensions.has('STARTTLS') && !mustEncrypt(this.#target)) return undefined;
    const refusal = failureOf(await this.#say('starttls', 'STARTTLS'), 'starttls', 2);
    this.tlsFailed = refusal !== undefined;
    return refusal ?? (await this.#secure()) ?? this.#hello();
  }

  async #secure(): Promise<Failure | undefined> {
    this.#stage = 'starttls';
    if (!this.#conversation.release()) return this.#loss();
    const secured = await secure(this.#socket, this.#target, this.#options);
    this.tlsFailed = !secured.ok;
    if (!secured.ok) return secured.failure;
    this.#socket = secured.socket;
    this.#conversation = new Conversation(secured.socket, this.#options, this.#secrets);
    this.#tls = secured;
    this.#heard = false;
    const {problem} = secured;
    return problem === undefined ? undefined : factFailure('starttls', 'tls-failed', problem);
  }

  /**
   * Under TLS 1.3 a server refuses when the handshake is over for us: for want of a client certificate, say. Then it
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
    const {address, security, credentials} = this.#target;
    const inClear = this.#tls === undefined;
    if (inClear && mustEncrypt(this.#target))
      return factFailure('starttls', 'tls-unavailable', 'the connection is not encrypted');
    if (credentials === undefined) return undefined;
    if (inClear && security !== 'optional' && !isLoopback(address)) {
      return factFailure('auth', 'auth-needs-tls', 'credentials are not sent over an unencrypted connection');
    }
    const offered = this.#extensions.get('AUTH') ?? '';
    const {name, stage, failure} = await authenticate(this.#conversation, credentials, offered, inClear);
    this.#stage = stage;
    this.#authentication = name;
    return failure;
  }

  /** Why nothing can follow, although the last reply was a good one. */
  #loss(): Failure | undefined {
    const {loss} = this.#conversation;
    return loss === undefined ? undefined : {stage: this.#stage, result: 'lost', description: loss};
  }

  get facts(): SessionFacts {
    const {policy, dane, address} = this.#target;
    return {
      ...(this.#localAddress !== undefined && {from: this.#localAddress}),
      to: address,
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
      facts: {...facts, ...(policyFailure !== undefined && {policyFailure})},
      pipelining: this.#extensions.has('PIPELINING') && this.#options.pipelining,
      openedMs: this.#options.now(),
    });
  }

  close(): void {
    this.#conversation.close();
  }
}
