// What a client is answered, and what becomes of its mail: 250 only when SQS has the messages of all recipients.

import type {Readable} from 'node:stream';
import type {LogLine} from '../../shared/log-line.ts';
import type {Placed} from '../enqueue.ts';
import type {Outbox} from '../outbox.ts';
import {ClientRates} from './client-rates.ts';
import {type Client, type Clients, mayBeFrom} from './clients.ts';
import {bodiesOf, type Incoming, maxTextOctets, type Recipient} from './incoming.ts';
import type {Limits} from './limits.ts';
import {keysOf, Repeats} from './repeats.ts';
import {Refusal} from './reply.ts';
import {type Address, checkParameters, mailboxOf, recipientOf, type Session, traceOf} from './said.ts';
import {SignIn} from './sign-in.ts';
import {Texts} from './texts.ts';

export interface SubmissionParts {
  /** What this server is called. */
  readonly name: string;
  readonly outbox: Pick<Outbox, 'place'>;
  /** Who may send; undefined where everybody may who can connect. */
  readonly clients: (() => Clients) | undefined;
  /** Whether x-mq-* headers count of those who need not say who they are. */
  readonly isTrusted: boolean;
  readonly limits: Limits;
  readonly log: (line: LogLine) => void;
  readonly now: () => number;
}

const clientOf = ({user}: Session): Client | undefined => user as Client | undefined;

export class Submission {
  readonly #parts: SubmissionParts;
  readonly #signIn: SignIn | undefined;
  readonly #rates: ClientRates;
  readonly #texts: Texts;
  readonly #repeats: Repeats;
  /** Those of a transaction, by its envelope. smtp-server takes local parts for one that differ in capitals alone. */
  readonly #recipients = new WeakMap<object, Map<string, Recipient>>();
  /** What to do when a session ends while its client waits. */
  readonly #whenGone = new WeakMap<Session, () => void>();
  #queued = 0;

  constructor(parts: SubmissionParts) {
    const {limits, now, clients} = parts;
    this.#parts = parts;
    this.#signIn = clients && new SignIn(clients, limits.failurePauseMs, now);
    this.#rates = new ClientRates(now);
    this.#texts = new Texts(limits.textOctets, maxTextOctets);
    this.#repeats = new Repeats(limits.repeatMs, now);
  }

  /** Whether clients have to say who they are. */
  get asksWho(): boolean {
    return this.#signIn !== undefined;
  }

  /** Messages since the start. */
  get queued(): number {
    return this.#queued;
  }

  isKnown = ({user}: Session): boolean => this.#signIn === undefined || Boolean(user);

  async authenticate(session: Session, username: string, password: string): Promise<{user: Client}> {
    if (this.#signIn === undefined) throw new Refusal(503, '5.5.1 nobody has to sign in here');
    return {user: await this.#signIn.client(session, username, password)};
  }

  left(session: Session): void {
    this.#whenGone.get(session)?.();
    this.#signIn?.left(session);
  }

  async mailFrom(address: Address, session: Session): Promise<void> {
    if (!this.isKnown(session))
      throw new Refusal(
        530,
        session.secure ? '5.7.0 sign in first' : '5.7.0 say STARTTLS first, then sign in',
      );
    const from = senderOf(address, session);
    const client = clientOf(session);
    if (client && !mayBeFrom(client, from))
      throw new Refusal(553, '5.7.1 this client may not send as this sender');
  }

  async rcptTo(address: Address, session: Session): Promise<void> {
    const recipient = recipientOf(address, session);
    const {localPart, domain} = recipient.mailbox;
    const recipients = this.#recipientsOf(session);
    if (recipients.size >= this.#parts.limits.recipients)
      throw new Refusal(452, '4.5.3 too many recipients of one text');
    const client = clientOf(session);
    if (client && !this.#rates.take(client))
      throw new Refusal(451, '4.7.1 this client sends too much for now: try again in a minute');
    recipients.set(`${localPart}@${domain}`, recipient);
  }

  /** @param onRead is called when the client waits for the reply @returns the text of the reply */
  async text(stream: Readable, session: Session, onRead: () => void): Promise<string> {
    const {octets, release} = await this.#texts.read(stream);
    onRead();
    let placing: readonly Promise<Placed>[] = [];
    try {
      const incoming = this.#incomingOf(session);
      const keys = keysOf(octets, saidOf(incoming, session));
      const bodies = bodiesOf(octets, incoming);
      const late = new AbortController();
      const parts = {incoming, session, late: late.signal, octets: octets.length};
      placing = bodies.map(
        (body, index) => this.#repeats.take(keys[index]!) ?? this.#place(body, index, parts),
      );
      const leave = once(() => {
        for (const [index, placed] of placing.entries()) this.#repeats.leave(keys[index]!, placed);
      });
      this.#whenGone.set(session, leave);
      const timer = setTimeout(() => late.abort(), this.#parts.limits.placeMs);
      try {
        return replyTo(await inTime(Promise.all(placing), late.signal));
      } catch (error) {
        leave();
        throw error;
      } finally {
        clearTimeout(timer);
        this.#whenGone.delete(session);
      }
    } finally {
      // What is on its way when the client has its reply still takes up memory.
      void Promise.allSettled(placing).finally(release);
    }
  }

  #recipientsOf({envelope}: Session): Map<string, Recipient> {
    const recipients = this.#recipients.get(envelope) ?? new Map<string, Recipient>();
    this.#recipients.set(envelope, recipients);
    return recipients;
  }

  #incomingOf(session: Session): Incoming {
    const {envelope} = session;
    return {
      from: envelope.mailFrom ? senderOf(envelope.mailFrom, session) : undefined,
      recipients: [...this.#recipientsOf(session).values()],
      ret: envelope.dsn?.ret ?? undefined,
      envid: envelope.dsn?.envid ?? undefined,
      isTrusted: clientOf(session)?.isTrusted ?? this.#parts.isTrusted,
      trace: traceOf(session, this.#parts.name, this.#parts.now()),
    };
  }

  async #place(body: string, index: number, {incoming, session, late, octets}: Placing): Promise<Placed> {
    const placed = await this.#parts.outbox.place(body, late);
    const {from, recipients, trace} = incoming;
    const said = {
      from: from?.address ?? '<>',
      recipient: recipients[index]!.mailbox.address,
      octets,
      trace: trace.id,
      ...whoOf(session),
    };
    if (placed.ok) this.#queued += 1;
    const line: LogLine = placed.ok
      ? {level: 'info', message: 'queued', fields: {id: placed.id, ...said}}
      : {level: 'error', message: 'not queued', fields: {problem: placed.problem, ...said}};
    this.#parts.log(line);
    return placed;
  }
}

interface Placing {
  readonly incoming: Incoming;
  readonly session: Session;
  readonly late: AbortSignal;
  /** Of the text, as it came. */
  readonly octets: number;
}

/** For the log. */
export const whoOf = (session: Session) => ({
  ...(clientOf(session) && {client: clientOf(session)!.username}),
  address: session.remoteAddress,
});

function senderOf(address: Address, session: Session) {
  if (address.address !== '') return mailboxOf(address, session, 'MAIL');
  checkParameters(address.args, 'MAIL');
  return undefined;
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

/** All that makes a message another one. */
const saidOf = ({from, recipients, ret, envid}: Incoming, session: Session) =>
  recipients.map(({mailbox, notify, orcpt}) => [
    clientOf(session)?.username,
    from?.address,
    mailbox.address,
    [ret, envid, notify, orcpt],
  ]);

async function inTime<T>(promise: Promise<T>, late: AbortSignal): Promise<T> {
  return await Promise.race([
    promise,
    new Promise<never>((_, reject) =>
      late.addEventListener('abort', () =>
        reject(new Refusal(451, '4.3.0 the outbox does not answer: try again later')),
      ),
    ),
  ]);
}

/** @throws Refusal unless all are on the outbox */
function replyTo(placed: readonly Placed[]): string {
  const queued = placed.flatMap(each => (each.ok ? [each.id] : []));
  if (queued.length < placed.length) {
    if (placed.every(each => !each.ok && each.isRefused))
      throw new Refusal(554, '5.6.0 the outbox does not take the message');
    const few = `${queued.length} of ${placed.length}`;
    throw new Refusal(
      451,
      `4.3.0 the outbox has taken ${few}: the others are queued when the same text comes again`,
    );
  }
  const [id, ...others] = queued;
  return `2.0.0 queued as ${id}${others.length > 0 ? ` and ${others.length} more` : ''}`;
}
