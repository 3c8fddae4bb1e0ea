// A lane: one message group at a time, and so at most one SMTP connection. Messages take turns on it: the next
// one begins as soon as the text of the one before has been handed over, though its reply is still to come.

import type {Capacity} from '../../shared/capacity.ts';
import type {Failure} from '../../shared/outcome.ts';
import type {Reply} from '../../shared/reply.ts';
import {type Connections, keyOf} from './connections.ts';
import type {Hosts} from './next-hop-hosts.ts';
import {openSession, type SessionFacts} from './smtp-opening.ts';
import type {Mail, SmtpSession} from './smtp-session.ts';
import type {Target} from './target.ts';
import type {Clock} from './timeouts.ts';

export type Transaction = {readonly facts: SessionFacts; readonly messages: number} & (
  | {readonly ok: true; readonly reply: Reply}
  | {readonly ok: false; readonly failure: Failure}
);

export interface TransactionOptions extends Clock {
  readonly heloName: string | undefined;
  readonly capacity: Capacity;
}

export class Lane {
  readonly #connections: Connections;
  readonly #hosts = new Map<string, Promise<Hosts>>();
  #session: SmtpSession | undefined;
  #idleMs = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** The hosts of a next hop, resolved once a batch: the next message then finds the kept connection's again. */
  hostsOf(nextHop: string, resolve: () => Promise<Hosts>): Promise<Hosts> {
    const hosts = this.#hosts.get(nextHop) ?? resolve();
    this.#hosts.set(nextHop, hosts);
    return hosts;
  }

  /**
   * One message to one address, when it is its turn. A kept connection that has gone stale costs a reconnect,
   * never the message; so does a server that turns out not to understand pipelined commands.
   * @param handedOver called when the next message may take its turn; at the latest when this one is done
   */
  async transact(
    target: Target,
    mail: Mail,
    options: TransactionOptions,
    handedOver: () => void = () => {},
  ): Promise<Transaction> {
    const {promise: released, resolve: release} = Promise.withResolvers<void>();
    const before = this.#turn;
    this.#turn = before.then(() => released);
    await before;
    const pass = () => {
      release();
      handedOver();
    };
    try {
      return await this.#transact(target, mail, options, pass);
    } finally {
      release();
    }
  }

  async #transact(
    target: Target,
    mail: Mail,
    options: TransactionOptions,
    handedOver: () => void,
  ): Promise<Transaction> {
    this.#idleMs = options.capacity.idleSeconds * 1000;
    const kept = await this.#keptFor(target, options.capacity);
    if (kept !== undefined) {
      const transaction = await sendOver(kept, mail, options, handedOver);
      if (transaction.ok || !isStale(transaction.failure)) return transaction;
    }
    const pipelining = this.#connections.canPipeline(target);
    const transaction = await this.#transactAnew(target, mail, options, pipelining, handedOver);
    if (transaction.ok || !this.#wasPipelining(target) || !isConfused(transaction.failure))
      return transaction;
    const again = await this.#transactAnew(target, mail, options, false, handedOver);
    if (again.ok || !isConfused(again.failure)) this.#connections.cannotPipeline(target);
    return again;
  }

  #wasPipelining(target: Target): boolean {
    return this.#session?.pipelining === true && keyOf(this.#session.target) === keyOf(target);
  }

  async #transactAnew(
    target: Target,
    mail: Mail,
    options: TransactionOptions,
    pipelining: boolean,
    handedOver: () => void,
  ): Promise<Transaction> {
    await this.close();
    const opened = await openSession(target, {
      ...options,
      connectTimeoutMs: options.capacity.connectTimeout * 1000,
      pipelining,
    });
    if (!opened.ok) return {...opened, messages: 0};
    this.#session = opened.session;
    return sendOver(opened.session, mail, options, handedOver);
  }

  async #keptFor(target: Target, {messagesPerConnection}: Capacity): Promise<SmtpSession | undefined> {
    const fits = (session: SmtpSession | undefined): boolean =>
      session?.usable === true &&
      session.messages < messagesPerConnection &&
      keyOf(session.target) === keyOf(target);
    if (fits(this.#session)) return this.#session;
    await this.close();
    const kept = await this.#connections.take(target);
    if (!fits(kept)) kept?.quit();
    else this.#session = kept;
    return this.#session;
  }

  /** Waits for what is in flight, and leaves the connection to the environment, or to nobody. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    await session.drained();
    this.#connections.keep(session, this.#idleMs);
  }
}

async function sendOver(
  session: SmtpSession,
  mail: Mail,
  clock: Clock,
  handedOver: () => void,
): Promise<Transaction> {
  const sent = await session.send(mail, clock, handedOver);
  return {...sent, facts: session.facts, messages: session.messages};
}

const beforeTheText = ({stage}: Failure): boolean =>
  stage === 'mailfrom' || stage === 'rcptto' || stage === 'data';

/** Lost before the message's text, or told to go away: the server had closed a connection that lay idle. */
const isStale = (failure: Failure): boolean =>
  beforeTheText(failure) && (failure.result === 'lost' || failure.reply?.code === 421);

/** What pipelined commands come to at a server that cannot take them. */
const isConfused = (failure: Failure): boolean =>
  beforeTheText(failure) &&
  (failure.result === 'lost' || failure.result === 'invalid' || failure.reply?.code === 503);
