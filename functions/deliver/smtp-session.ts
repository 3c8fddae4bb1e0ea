// One SMTP connection to one address, used for one message after another: smtp-opening.ts has opened, secured and
// authenticated it. A transaction starts before the reply to the dot of the one before has come: one round trip a
// message instead of two.
// BDAT (RFC 3030) behind RCPT in the same flight would save the first message of a connection one more. It is not used:
// the text would go before the server has agreed to it. Whoever passes CHUNKING on and does not know BDAT would take
// the text for commands, and where a connection is lost nobody would know any more that the message was not sent.

import {asciiAddressOf, type Mailbox, needsSmtpUtf8} from '../../shared/address.ts';
import type {Content} from '../../shared/content.ts';
import type {Failure, Stage} from '../../shared/outcome.ts';
import {type Reply, sizeLimitOf} from '../../shared/reply.ts';
import type {Conversation} from './conversation.ts';
import {factFailure, failureOf} from './smtp-failure.ts';
import type {SessionFacts} from './smtp-opening.ts';
import type {Target} from './target.ts';
import type {Clock} from './timeouts.ts';

export interface Mail {
  readonly from: Mailbox | undefined;
  readonly to: Mailbox;
  readonly content: Content;
}

export type Sent =
  | {readonly ok: true; readonly reply: Reply}
  | {readonly ok: false; readonly failure: Failure};

export interface Opening {
  readonly target: Target;
  readonly conversation: Conversation;
  readonly extensions: ReadonlyMap<string, string>;
  readonly facts: SessionFacts;
  readonly pipelining: boolean;
  readonly openedMs: number;
}

export class SmtpSession {
  readonly target: Target;
  readonly facts: SessionFacts;
  readonly pipelining: boolean;
  readonly openedMs: number;
  /** Messages handed over so far. */
  messages = 0;
  readonly #conversation: Conversation;
  readonly #extensions: ReadonlyMap<string, string>;
  /** The server is in a transaction that came to nothing. */
  #dirty = false;
  #last: Promise<unknown> = Promise.resolve();

  constructor({target, conversation, extensions, facts, pipelining, openedMs}: Opening) {
    this.target = target;
    this.facts = facts;
    this.pipelining = pipelining;
    this.openedMs = openedMs;
    this.#conversation = conversation;
    this.#extensions = extensions;
  }

  get usable(): boolean {
    return this.#conversation.open;
  }

  /**
   * Sends one message to one recipient. After a refusal the session may be used again; after a loss not.
   * @param handedOver called when the next message may be sent: with PIPELINING before this one's last reply
   */
  send(mail: Mail, clock: Clock, handedOver: () => void): Promise<Sent> {
    const sent = this.#send(mail, clock, handedOver);
    this.#last = sent;
    return sent;
  }

  /** Settles when no message is in flight any more. */
  async drained(): Promise<void> {
    await this.#last;
  }

  async #send({from, to, content}: Mail, clock: Clock, handedOver: () => void): Promise<Sent> {
    const conversation = this.#conversation;
    conversation.clock = clock;
    const unfit = this.#misfit([from, to], content);
    if (unfit !== undefined) return {ok: false, failure: unfit};
    this.messages += 1;
    const refusal = await this.#envelope(from, to, content);
    if (refusal !== undefined) {
      // After anything but a clean refusal nobody knows what the next reply would answer.
      const code = refusal.reply?.code ?? 0;
      if (code < 400 || code === 421 || code === 503) conversation.close();
      return {ok: false, failure: refusal};
    }
    if (clock.now() > (clock.lastTextMs ?? clock.deadlineMs)) {
      conversation.close();
      return {
        ok: false,
        failure: factFailure('data', 'out-of-time', 'no time is left to wait for the reply'),
      };
    }
    const answered = conversation.content(content.wire);
    if (this.pipelining) handedOver();
    const answer = await answered;
    const failure = failureOf(answer, 'message', 2);
    if (failure === undefined) return answer as Sent;
    const code = failure.reply?.code ?? 0;
    // An answer to a text that was not yet sent leaves the rest of it to be read as commands.
    if (code < 400 || code === 421 || failure.stage === 'data') conversation.close();
    return {ok: false, failure};
  }

  /** MAIL, RCPT and DATA: why the message text must not be sent, or undefined when the server waits for it. */
  async #envelope(from: Mailbox | undefined, to: Mailbox, content: Content): Promise<Failure | undefined> {
    // Offered, or the message would not have come here. Without the parameter all is ASCII (RFC 6531 3.4).
    const utf8 = [from, to].some(mailbox => mailbox && needsSmtpUtf8(mailbox));
    const pathOf = (mailbox: Mailbox) => (utf8 ? mailbox.address : asciiAddressOf(mailbox));
    const parameters = [
      ...(this.#extensions.has('SIZE') ? [` SIZE=${content.size}`] : []),
      ...(content.eightBit ? [' BODY=8BITMIME'] : []),
      ...(utf8 ? [' SMTPUTF8'] : []),
    ];
    const commands: readonly (readonly [Stage, string])[] = [
      ...(this.#dirty ? ([['mailfrom', 'RSET']] as const) : []),
      ['mailfrom', `MAIL FROM:<${from ? pathOf(from) : ''}>${parameters.join('')}`],
      ['rcptto', `RCPT TO:<${pathOf(to)}>`],
      ['data', 'DATA'],
    ];
    this.#dirty = false;
    const failures: (Failure | undefined)[] = [];
    const flights = this.pipelining ? [commands] : commands.map(command => [command]);
    for (const flight of flights) {
      const answers = await Promise.all(this.#conversation.commands(flight));
      failures.push(
        ...answers.map((answer, index) =>
          failureOf(answer, flight[index]![0], flight[index]![1] === 'DATA' ? 3 : 2),
        ),
      );
      if (failures.some(failure => failure !== undefined)) break;
    }
    const first = failures.find(failure => failure !== undefined);
    if (first === undefined) return undefined;
    const dataTaken = failures.length === commands.length && failures.at(-1) === undefined;
    // RFC 2920 3.1: DATA was taken although nobody is left to receive; a dot alone ends it.
    if (dataTaken) void this.#conversation.content(Buffer.from('.\r\n'));
    else this.#dirty = true;
    return first;
  }

  /** Why this server cannot take the message at all, going by what it offers. */
  #misfit(mailboxes: readonly (Mailbox | undefined)[], {size, eightBit}: Content): Failure | undefined {
    const limit = sizeLimitOf(this.#extensions);
    if (limit !== undefined && size > limit) {
      return factFailure(
        'mailfrom',
        'too-large',
        `the message has ${size} octets; the server takes ${limit}`,
      );
    }
    if (mailboxes.some(mailbox => mailbox && needsSmtpUtf8(mailbox)) && !this.#extensions.has('SMTPUTF8')) {
      return factFailure(
        'mailfrom',
        'smtputf8-not-offered',
        'an address needs SMTPUTF8, which is not offered',
      );
    }
    if (eightBit && !this.#extensions.has('8BITMIME')) {
      return factFailure(
        'mailfrom',
        '8bitmime-not-offered',
        'the message needs 8BITMIME, which is not offered',
      );
    }
    return undefined;
  }

  /** Says goodbye and closes. No message may be in flight. */
  quit(): void {
    this.#conversation.quit();
  }

  close(): void {
    this.#conversation.close();
  }
}
