// A lane: one message group at a time, and so one SMTP connection, kept from one message to the next.

import type {Mailbox} from '../../shared/address.ts';
import type {Content} from '../../shared/content.ts';
import type {Failure} from '../../shared/outcome.ts';
import type {Reply} from '../../shared/reply.ts';
import type {Hosts} from './dns.ts';
import {type SessionFacts, type SessionOptions, SmtpSession, type Target} from './smtp-session.ts';

export interface Mail {
  readonly from: Mailbox | undefined;
  readonly to: Mailbox;
  readonly content: Content;
}

export type Transaction = {readonly facts: SessionFacts; readonly messages: number} & (
  | {readonly ok: true; readonly reply: Reply}
  | {readonly ok: false; readonly failure: Failure}
);

export class Lane {
  #session: SmtpSession | undefined;
  readonly #hosts = new Map<string, Promise<Hosts>>();

  /** The hosts of a next hop, resolved once a batch: the next message then finds the kept connection's again. */
  hostsOf(nextHop: string, resolve: () => Promise<Hosts>): Promise<Hosts> {
    const hosts = this.#hosts.get(nextHop) ?? resolve();
    this.#hosts.set(nextHop, hosts);
    return hosts;
  }

  /** One message to one address. A kept connection that has gone stale costs a reconnect, never the message. */
  async transact(target: Target, mail: Mail, options: SessionOptions): Promise<Transaction> {
    const kept = this.#keptFor(target);
    if (kept !== undefined) {
      const transaction = await sendOver(kept, mail, options);
      if (transaction.ok || !isStale(transaction.failure)) return transaction;
    }
    this.close();
    const opened = await SmtpSession.open(target, options);
    if (!opened.ok) return {...opened, messages: 0};
    this.#session = opened.session;
    return sendOver(opened.session, mail, options);
  }

  #keptFor(target: Target): SmtpSession | undefined {
    const session = this.#session;
    return session?.usable && keyOf(session.target) === keyOf(target) ? session : undefined;
  }

  close(): void {
    this.#session?.quit();
    this.#session = undefined;
  }
}

async function sendOver(
  session: SmtpSession,
  {from, to, content}: Mail,
  options: SessionOptions,
): Promise<Transaction> {
  const sent = await session.send(from, to, content, options);
  return {...sent, facts: session.facts, messages: session.messages};
}

/** Everything that makes one connection differ from another: a session serves only its own like. */
const keyOf = ({host, address, port, security, implicitTls, credentials}: Target): string =>
  JSON.stringify([host, address, port, security, implicitTls, credentials?.username, credentials?.password]);

/** Lost before the message's dot, or told to go away: the server had closed a connection that lay idle. */
const isStale = ({stage, result, reply}: Failure): boolean =>
  stage !== 'message' && (result === 'lost' || reply?.code === 421);
