// A lane: the mail of one message group, over at most one SMTP connection at a time. Its messages share the
// connection by turns (smtp/turns.ts).

import type {Capacity} from '../../shared/settings/groups/capacity.ts';
import type {Content} from '../../shared/smtp/content.ts';
import type {Envelope} from '../../shared/smtp/mail-parameters.ts';
import {isConfused, isMailTaken, mayBeLimit, type Spent} from '../../shared/smtp/spent-connection.ts';
import {keyOf, type Target} from '../../shared/smtp/target.ts';
import type {Hosts} from './next-hop/next-hop-hosts.ts';
import type {Connections} from './pace/connections.ts';
import type {Sent} from './smtp/sent.ts';
import type {SentOctets} from './smtp/sent-octets.ts';
import type {SessionFacts} from './smtp/session-facts.ts';
import {openSession} from './smtp/smtp-opening.ts';
import type {SmtpSession} from './smtp/smtp-session.ts';
import {allowanceOf, type Deadline} from './smtp/timeouts.ts';
import {type Turn, Turns} from './smtp/turns.ts';

/** One message to one target. */
export interface Transaction extends Deadline {
  readonly target: Target;
  readonly envelope: Envelope;
  /** Loads the text, when there is a connection for it. */
  readonly content: () => Promise<Content>;
  readonly turn: Turn;
  readonly heloName: string | undefined;
  readonly capacity: Capacity;
  /** How long an opening may take that begins now; undefined without a limit. */
  readonly openingMs?: () => number | undefined;
  /** Whether no further connection may be opened, as the mail belongs elsewhere by now. */
  readonly isOver?: () => boolean;
  /** Whether another target is to be tried rather than waiting for a place at this one. */
  readonly hasNext?: boolean;
  readonly wantsCertificate?: boolean;
  /** Nearer servers are sent no flights, in milliseconds. */
  readonly leastRoundTripMs?: number;
  /** Whether the receiver is in trouble: then no message leaves before the one before it has its reply. */
  readonly isTroubled?: () => boolean;
}

export type Transacted = Sent & {
  readonly facts: SessionFacts;
  /** How many messages the connection has carried, this one included. */
  readonly messages: number;
  /** Whether no message had got as far as MAIL over the connection before. */
  readonly isFresh: boolean;
  readonly couldAuthenticate: boolean;
  readonly wasPipelining: boolean;
  /** Whether the server was asked on the connection if it knows BDAT. */
  readonly wasProbed?: boolean;
  /** What was sent over the connection so far. */
  readonly sentOctets?: SentOctets;
};

export class Lane {
  readonly #connections: Connections;
  readonly #receiver: string;
  readonly #turns = new Turns();
  readonly #hosts = new Map<string, Promise<Hosts>>();
  #session: SmtpSession | undefined;
  #capacity: Capacity | undefined;
  #maxMessages = Number.POSITIVE_INFINITY;

  /** @param receiver whose mail it is, where idle connections are counted */
  constructor(connections: Connections, receiver = '') {
    this.#connections = connections;
    this.#receiver = receiver;
  }

  /** The turn of the next message, as soon as it has it. */
  nextTurn(): Promise<Turn> {
    return this.#turns.next();
  }

  /**
   * The hosts of a next hop, resolved once a batch, so that the next message finds the kept connection's host again.
   */
  hostsOf(nextHop: string, resolve: () => Promise<Hosts>): Promise<Hosts> {
    const hosts = this.#hosts.get(nextHop) ?? resolve();
    this.#hosts.set(nextHop, hosts);
    return hosts;
  }

  /** Whether this environment has a connection to the server. */
  isConnectedTo(target: Target): boolean {
    return this.#connections.has(target);
  }

  /**
   * Sends a message over a kept connection or a new one. A connection that is spent costs a reconnect, never the
   * message.
   */
  async transact(transaction: Transaction): Promise<Transacted> {
    const {target, turn, capacity} = transaction;
    const {habits} = this.#connections;
    for (let limit: {readonly messages: number; readonly spent: Spent} | undefined; ; ) {
      await turn.take();
      this.#capacity = capacity;
      this.#maxMessages = Math.min(capacity.messagesPerConnection, habits.messagesPerConnection(target));
      const before = this.#session;
      const kept = await this.#keptFor(target);
      const transacted = await (kept ? this.#sendOver(kept, transaction) : this.#transactAnew(transaction));
      if (!transacted.ok && transacted.again) {
        limit = undefined;
        continue;
      }
      if (transacted.ok || transacted.spent === undefined || transaction.isOver?.()) {
        if (limit !== undefined && isMailTaken(transacted))
          habits.spentAfter(target, limit.messages, limit.spent);
        return transacted;
      }
      const {failure, spent, messages, isBehind} = transacted;
      const wasIdle = kept !== before;
      const isLimit = mayBeLimit(failure, spent, wasIdle) && !isBehind;
      limit = isLimit ? {messages: messages - 1, spent} : undefined;
      if (isBehind) {
        // Those in front of it in the group go first. They know of the loss by then.
        await new Promise(resolve => setImmediate(resolve));
        await turn.yield();
      }
    }
  }

  /**
   * Uses a new connection; another one without the probe for BDAT, and one without pipelining, if that turns out to be too
   * much for the server.
   */
  async #transactAnew(transaction: Transaction): Promise<Transacted> {
    const {target, turn} = transaction;
    const {habits} = this.#connections;
    let transacted = await this.#transactOver(transaction, habits.canPipeline(target));
    if (isTooMuch(transacted) && transacted.wasProbed) {
      await turn.take();
      habits.cannotTakeFlights(target);
      transacted = await this.#transactOver(transaction, habits.canPipeline(target));
    }
    if (!isTooMuch(transacted)) return transacted;
    await turn.take();
    const again = await this.#transactOver(transaction, false);
    if (again.ok || !isConfused(again.failure)) habits.cannotPipeline(target);
    return again;
  }

  async #transactOver(transaction: Transaction, pipelining: boolean): Promise<Transacted> {
    await this.close();
    const {target, capacity, hasNext, deadlineMs, lastTextMs = deadlineMs} = transaction;
    const connectTimeoutMs = capacity.connectTimeout * 1000;
    const {openingMs} = transaction;
    const opened = await this.#connections.open(target, hasNext ? 0 : lastTextMs, () =>
      openSession(target, {
        ...transaction,
        connectTimeoutMs,
        pipelining,
        chunking: capacity.messagesPerFlight > 1 && this.#connections.habits.canTakeFlights(target),
        tlsSessions: this.#connections.tlsSessions,
        allowance: allowanceOf(openingMs?.()),
      }),
    );
    if (!opened.ok)
      return {...opened, messages: 0, isFresh: true, couldAuthenticate: false, wasPipelining: false};
    this.#session = opened.session;
    return this.#sendOver(opened.session, transaction);
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

  /** Waits for what is in flight, and leaves the connection to the environment if that keeps it. */
  async close(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    if (session === undefined) return;
    await session.drained();
    if (session.messages >= this.#maxMessages) void session.quit();
    await this.#connections.keepOne(
      session,
      this.#receiver,
      this.#capacity ?? {idleSeconds: 0, connections: 1},
    );
  }

  async #sendOver(
    session: SmtpSession,
    {envelope, content, turn, isTroubled, ...deadline}: Transaction,
  ): Promise<Transacted> {
    const {habits} = this.#connections;
    const isFresh = !session.hasTakenMail;
    const mail = {...envelope, content: await content()};
    const {target, capacity} = deadline;
    const most = isTroubled?.() || !habits.canTakeFlights(target) ? 1 : capacity.messagesPerFlight;
    const sent = await session.send(mail, turn, {...deadline, most});
    if (session.isUnfitForFlights) habits.cannotTakeFlights(target);
    const {facts, couldAuthenticate, pipelining: wasPipelining, hasProbed: wasProbed, sentOctets} = session;
    const messages = sent.number ?? session.messages;
    return {...sent, facts, messages, isFresh, couldAuthenticate, wasPipelining, wasProbed, sentOctets};
  }
}

const isTooMuch = (transacted: Transacted): boolean =>
  !transacted.ok &&
  transacted.spent === undefined &&
  transacted.wasPipelining &&
  isConfused(transacted.failure);
