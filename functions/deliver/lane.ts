// A lane: one message group at a time, and so at most one SMTP connection. Messages take turns on it: the next
// one begins as soon as the text of the one before has been handed over, though its reply is still to come.

import type {Capacity} from '../../shared/settings/groups/capacity.ts';
import type {Reply} from '../../shared/smtp/reply.ts';
import type {Failure} from '../../shared/smtp/verdict.ts';
import type {Hosts} from './next-hop/next-hop-hosts.ts';
import {type Connections, keyOf} from './pace/connections.ts';
import type {SessionFacts} from './smtp/session-facts.ts';
import {openSession} from './smtp/smtp-opening.ts';
import type {Mail, SmtpSession, Spent} from './smtp/smtp-session.ts';
import type {Target} from './smtp/target.ts';
import type {Clock} from './smtp/timeouts.ts';

export type Transaction = {
  readonly facts: SessionFacts;
  readonly messages: number;
  readonly couldAuthenticate: boolean;
} & (
  | {readonly ok: true; readonly reply: Reply}
  | {readonly ok: false; readonly failure: Failure; readonly spent?: Spent}
);

export interface TransactionOptions extends Clock {
  readonly heloName: string | undefined;
  readonly capacity: Capacity;
  /** Whether another host is to be tried rather than waiting for a place at this one. */
  readonly hasNextHost?: boolean;
}

/** A connection that was spent, and how many messages it had carried. */
interface Lesson {
  readonly messages: number;
  readonly spent: Spent;
}

export class Lane {
  readonly #connections: Connections;
  readonly #hosts = new Map<string, Promise<Hosts>>();
  #session: SmtpSession | undefined;
  #idleMs = 0;
  #maxMessages = Number.POSITIVE_INFINITY;
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

  /** Whether this environment has a connection that might do. */
  isConnectedTo(target: Target): boolean {
    return this.#connections.has(target);
  }

  /**
   * One message to one address, when it is its turn. A connection that is spent costs a reconnect, never the message;
   * so does a server that turns out not to understand pipelined commands.
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
    const {habits} = this.#connections;
    this.#idleMs = options.capacity.idleSeconds * 1000;
    // A connection on which nothing was sent before is never spent.
    for (let lesson: Lesson | undefined; ; ) {
      this.#maxMessages = Math.min(
        options.capacity.messagesPerConnection,
        habits.messagesPerConnection(target),
      );
      const before = this.#session;
      const kept = await this.#keptFor(target);
      const transaction = kept
        ? await sendOver(kept, mail, options, handedOver)
        : await this.#transactAnew(target, mail, options, handedOver);
      if (transaction.ok || transaction.spent === undefined) {
        if (lesson !== undefined && isMailTaken(transaction))
          habits.spentAfter(target, lesson.messages, lesson.spent);
        return transaction;
      }
      // What lay idle was closed for that, and not for what it had carried.
      const isLesson = transaction.spent === 'refused' || kept === before;
      lesson =
        isLesson && transaction.failure.stage === 'mailfrom'
          ? {messages: transaction.messages - 1, spent: transaction.spent}
          : undefined;
    }
  }

  /** Over a new connection; over another one without pipelining where that turns out to be too much for the server. */
  async #transactAnew(
    target: Target,
    mail: Mail,
    options: TransactionOptions,
    handedOver: () => void,
  ): Promise<Transaction> {
    const {habits} = this.#connections;
    const pipelining = habits.canPipeline(target);
    const transaction = await this.#transactOver(target, mail, options, pipelining, handedOver);
    if (transaction.ok || transaction.spent !== undefined) return transaction;
    if (!this.#wasPipelining(target) || !isConfused(transaction.failure)) return transaction;
    const again = await this.#transactOver(target, mail, options, false, handedOver);
    if (again.ok || !isConfused(again.failure)) habits.cannotPipeline(target);
    return again;
  }

  #wasPipelining(target: Target): boolean {
    return this.#session?.pipelining === true && keyOf(this.#session.target) === keyOf(target);
  }

  async #transactOver(
    target: Target,
    mail: Mail,
    options: TransactionOptions,
    pipelining: boolean,
    handedOver: () => void,
  ): Promise<Transaction> {
    await this.close();
    const {lastTextMs = options.deadlineMs, capacity, hasNextHost} = options;
    const connectTimeoutMs = capacity.connectTimeout * 1000;
    const opened = await this.#connections.open(target, hasNextHost ? 0 : lastTextMs, () =>
      openSession(target, {...options, connectTimeoutMs, pipelining}),
    );
    if (!opened.ok) return {...opened, messages: 0, couldAuthenticate: false};
    this.#session = opened.session;
    return sendOver(opened.session, mail, options, handedOver);
  }

  async #keptFor(target: Target): Promise<SmtpSession | undefined> {
    const fits = (session: SmtpSession | undefined): boolean =>
      session?.usable === true &&
      session.messages < this.#maxMessages &&
      keyOf(session.target) === keyOf(target);
    if (fits(this.#session)) return this.#session;
    await this.close();
    this.#session = await this.#connections.take(target);
    if (!fits(this.#session)) await this.close();
    return this.#session;
  }

  /** Waits for what is in flight, and leaves the connection to the environment, or to nobody. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    await session.drained();
    if (session.messages >= this.#maxMessages) void session.quit();
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
  const {facts, messages, couldAuthenticate} = session;
  return {...sent, facts, messages, couldAuthenticate};
}

const beforeTheText = ({stage}: Failure): boolean =>
  stage === 'mailfrom' || stage === 'rcptto' || stage === 'data';

const isMailTaken = (transaction: Transaction): boolean =>
  transaction.ok ||
  transaction.failure.stage === 'message' ||
  (beforeTheText(transaction.failure) && transaction.failure.stage !== 'mailfrom');

/** What pipelined commands come to at a server that cannot take them. */
const isConfused = (failure: Failure): boolean =>
  beforeTheText(failure) &&
  (failure.result === 'lost' || failure.result === 'invalid' || failure.reply?.code === 503);
