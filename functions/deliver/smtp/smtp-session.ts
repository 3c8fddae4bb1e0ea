// One SMTP connection to one address, used for one message after another: smtp-opening.ts has opened, secured and
// authenticated it. A transaction starts before the reply to the dot of the one before has come: one round trip a
// message instead of two.
// BDAT (RFC 3030) behind RCPT in the same flight would save the first message of a connection one more. It is not used:
// the text would go before the server has agreed to it. Whoever passes CHUNKING on and does not know BDAT would take
// the text for commands, and where a connection is lost nobody would know any more that the message was not sent.

import type {Content} from '../../../shared/smtp/content.ts';
import {saysEnough} from '../../../shared/smtp/full-server.ts';
import {
  type Envelope,
  type Extensions,
  envelopeCommands,
  isOfSize,
  misfitOf,
  parameterRefusalOf,
} from '../../../shared/smtp/mail-parameters.ts';
import type {Reply} from '../../../shared/smtp/reply.ts';
import type {Failure, Stage} from '../../../shared/smtp/verdict.ts';
import type {Conversation} from './conversation.ts';
import type {SessionFacts} from './session-facts.ts';
import {factFailure, failureOf} from './smtp-failure.ts';
import type {Target} from './target.ts';
import type {Clock} from './timeouts.ts';

export interface Mail extends Envelope {
  readonly content: Content;
}

/**
 * Why a connection that had served before does no longer: `gone`, it was lost or the server said goodbye; `refused`, it
 * takes no further MAIL; `doubtful`, the replies no longer fit the commands.
 */
export type Spent = 'gone' | 'refused' | 'doubtful';

export type Sent =
  | {readonly ok: true; readonly reply: Reply}
  | {
      readonly ok: false;
      readonly failure: Failure;
      /** The connection is to blame, as far as anybody knows: another one is to decide about the message. */
      readonly spent?: Spent;
    };

type Command = readonly [Stage, string];

/** RSET is no work. Half of the time stays, so that another connection can be tried. */
const hurried = (clock: Clock): Clock => {
  const nowMs = clock.now();
  return {...clock, deadlineMs: nowMs + Math.min(10_000, (clock.deadlineMs - nowMs) / 2)};
};

export interface Opening {
  readonly target: Target;
  readonly conversation: Conversation;
  readonly extensions: Extensions;
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
  /** How many of them had their MAIL taken. */
  taken = 0;
  readonly #conversation: Conversation;
  readonly #extensions: Extensions;
  /** Whether MAIL names the size: not to a server that offers SIZE and then refuses it. */
  #tellsSize: boolean;
  #isFresh = true;
  /** The server is in a transaction that came to nothing. */
  #dirty = false;
  #goodbye: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor({target, conversation, extensions, facts, pipelining, openedMs}: Opening) {
    this.target = target;
    this.facts = facts;
    this.pipelining = pipelining;
    this.openedMs = openedMs;
    this.#conversation = conversation;
    this.#extensions = extensions;
    this.#tellsSize = extensions.has('SIZE');
  }

  /** The server offers AUTH, and we have no credentials for it. */
  get couldAuthenticate(): boolean {
    return this.#extensions.has('AUTH') && this.facts.authentication === undefined;
  }

  get usable(): boolean {
    return this.#conversation.open;
  }

  /**
   * Sends one message to one recipient. After a refusal the session may be used again, unless it is spent.
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

  async #send(mail: Mail, clock: Clock, handedOver: () => void): Promise<Sent> {
    const conversation = this.#conversation;
    conversation.clock = clock;
    const isFresh = this.#isFresh;
    this.#isFresh = false;
    const unfit = misfitOf(mail, mail.content, this.#extensions);
    if (unfit !== undefined) return {ok: false, failure: unfit};
    this.messages += 1;
    let refusal = await this.#envelope(mail, clock);
    if (this.#tellsSize && refusal !== undefined && isOfSize(refusal)) {
      this.#tellsSize = false;
      const again = await this.#envelope(mail, clock);
      // A server that also closes the connection has refused the message all the same.
      if (again?.result !== 'lost') refusal = again;
    }
    if (refusal !== undefined) return this.#refused(refusal, mail, isFresh);
    if (clock.now() > (clock.lastTextMs ?? clock.deadlineMs)) {
      conversation.close();
      return {
        ok: false,
        failure: factFailure('data', 'out-of-time', 'no time is left to wait for the reply'),
      };
    }
    const answered = conversation.content(mail.content.wire);
    if (this.pipelining) handedOver();
    const answer = await answered;
    const failure = failureOf(answer, 'message', 2);
    if (failure === undefined) return answer as Sent;
    // An answer to a text that was not yet sent leaves the rest of it to be read as commands.
    if (!isClean(failure.reply) || failure.stage === 'data') conversation.close();
    return this.#refused(failure, mail, isFresh);
  }

  /** MAIL, RCPT and DATA: why the message text must not be sent, or undefined when the server waits for it. */
  async #envelope(mail: Mail, clock: Clock): Promise<Failure | undefined> {
    const conversation = this.#conversation;
    const commands = envelopeCommands(mail, mail.content, this.#tellsSize);
    const reset = this.#dirty;
    this.#dirty = false;
    const failures = await this.#ask(reset ? [['mailfrom', 'RSET'], ...commands] : commands, clock);
    const refused = failures.find(failure => failure !== undefined);
    if (reset && failures.shift() !== undefined) {
      // MAIL may now stand in the transaction before, and RCPT add to its recipients.
      this.#dirty = true;
      conversation.close();
      return {stage: 'mailfrom', result: 'lost', description: `RSET: ${refused!.description}`};
    }
    const isTaken = failures[0] === undefined;
    if (isTaken) this.taken += 1;
    if (refused === undefined) return undefined;
    const dataTaken = failures.length === commands.length && failures.at(-1) === undefined;
    if (!isClean(refused.reply) || (dataTaken && !isTaken)) conversation.close();
    // RFC 2920 3.1: DATA was taken although nobody is left to receive; a dot alone ends it.
    else if (dataTaken) void conversation.content(Buffer.from('.\r\n'));
    else this.#dirty = isTaken;
    return refused;
  }

  /** @returns what each came to, as far as it was sent: nothing is behind one that failed, but in the same flight */
  async #ask(commands: readonly Command[], clock: Clock): Promise<(Failure | undefined)[]> {
    const conversation = this.#conversation;
    const failures: (Failure | undefined)[] = [];
    for (const flight of this.pipelining ? [commands] : commands.map(command => [command])) {
      conversation.clock = flight[0]![1] === 'RSET' ? hurried(clock) : clock;
      const answers = conversation.commands(flight);
      conversation.clock = clock;
      for (const [index, answer] of (await Promise.all(answers)).entries()) {
        const [stage, line] = flight[index]!;
        failures.push(failureOf(answer, stage, line === 'DATA' ? 3 : 2));
      }
      if (failures.some(failure => failure !== undefined)) break;
    }
    return failures;
  }

  #refused(failure: Failure, mail: Mail, isFresh: boolean): Sent {
    const spent = isFresh ? undefined : this.#spentBy(failure);
    if (spent !== undefined) void this.quit();
    const named = {ok: false, failure: parameterRefusalOf(failure, mail, mail.content) ?? failure} as const;
    return spent === undefined ? named : {...named, spent};
  }

  #spentBy({stage, result, reply}: Failure): Spent | undefined {
    if (stage === 'message') return undefined;
    if (result === 'lost') return this.#dirty ? 'doubtful' : 'gone';
    if (reply?.code === 421) return 'gone';
    if (stage !== 'mailfrom' || result === 'timeout' || this.taken === 0) return undefined;
    if (!isClean(reply)) return 'doubtful';
    return reply.code < 500 || saysEnough(reply) ? 'refused' : undefined;
  }

  /** Says goodbye; settles when the connection is closed. No message may be in flight. */
  quit(): Promise<void> {
    this.#goodbye ??= this.#conversation.quit();
    return this.#goodbye;
  }

  close(): void {
    this.#conversation.close();
  }
}

/** A refusal, and nothing else: the next reply will answer the next command. 503 has lost count of them. */
const isClean = (reply: Reply | undefined): reply is Reply =>
  reply !== undefined && reply.code >= 400 && reply.code !== 421 && reply.code !== 503;
