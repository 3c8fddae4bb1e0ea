// One SMTP connection to one address, used for one message after another; smtp-opening.ts has opened, secured and
// authenticated it. A transaction starts before the reply to the dot of the one before has come, which costs one round
// trip a message instead of two.
// BDAT (RFC 3030) behind RCPT in the same flight would save one more for the first message of a connection. It is not
// used, as the text would go before the server has agreed to it. A proxy that passes CHUNKING on and does not know BDAT
// would take the text for commands; and after a lost connection nobody would know that the message was not sent.

import {type Failure, factFailure, type Tried} from '../../../shared/smtp/failure.ts';
import {
  type Command,
  type Extensions,
  envelopeCommands,
  isOfSize,
  type Mail,
  misfitOf,
  parameterRefusalOf,
} from '../../../shared/smtp/mail-parameters.ts';
import {isClean, type Spent, spentBy} from '../../../shared/smtp/spent-connection.ts';
import type {Target} from '../../../shared/smtp/target.ts';
import {failureOf} from './answer.ts';
import type {Conversation} from './conversation.ts';
import type {SentOctets} from './sent-octets.ts';
import type {SessionFacts} from './session-facts.ts';
import {allowanceOf, type Deadline} from './timeouts.ts';
import type {Turn} from './turns.ts';

/** `spent` is there where the connection is to blame as far as anybody knows: another one is to decide. */
export type Sent = Tried & {readonly spent?: Spent};

/** RSET is no work for a server. Half of the time stays, so that another connection can be tried. */
const hurried = (deadline: Deadline): Deadline => {
  const nowMs = deadline.now();
  return {...deadline, deadlineMs: nowMs + Math.min(10_000, (deadline.deadlineMs - nowMs) / 2)};
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
  /** How many messages were begun on it. */
  messages = 0;
  #isFresh = true;
  #hasTakenMail = false;
  readonly #conversation: Conversation;
  readonly #extensions: Extensions;
  /** Whether MAIL names the size: not where the server offers SIZE and then refuses it. */
  #tellsSize: boolean;
  /** Whether the server is in a transaction that came to nothing. */
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

  /** Whether the server offers AUTH, and we have no credentials for it. */
  get couldAuthenticate(): boolean {
    return this.#extensions.has('AUTH') && this.facts.authentication === undefined;
  }

  /** Whether the server has taken a MAIL on it: after that it may be spent. */
  get hasTakenMail(): boolean {
    return this.#hasTakenMail;
  }

  /** What was sent over it so far. */
  get sentOctets(): SentOctets {
    return this.#conversation.sentOctets;
  }

  get usable(): boolean {
    return this.#conversation.open;
  }

  /** Sends one message to one recipient. After a refusal the session may be used again, unless it is spent. */
  send(mail: Mail, turn: Turn, deadline: Deadline): Promise<Sent> {
    const sent = this.#send(mail, turn, deadline);
    this.#last = sent;
    return sent;
  }

  /** Settles when no message is in flight any more. */
  async drained(): Promise<void> {
    await this.#last;
  }

  async #send(mail: Mail, turn: Turn, given: Deadline): Promise<Sent> {
    const conversation = this.#conversation;
    const deadline = {...given, allowance: allowanceOf(given.patience?.beforeTextMs)};
    conversation.deadline = deadline;
    const isFresh = this.#isFresh;
    this.#isFresh = false;
    const misfit = misfitOf(mail, this.#extensions);
    if (misfit !== undefined) return {ok: false, failure: misfit};
    this.messages += 1;
    let refusal = await this.#envelope(mail, deadline);
    if (this.#tellsSize && refusal !== undefined && isOfSize(refusal)) {
      this.#tellsSize = false;
      const again = await this.#envelope(mail, deadline);
      // A server that also closes the connection has refused the message all the same.
      if (again?.result !== 'lost') refusal = again;
    }
    if (refusal !== undefined) return this.#refused(refusal, mail, isFresh);
    if (deadline.now() > (deadline.lastTextMs ?? deadline.deadlineMs)) {
      conversation.close();
      return {
        ok: false,
        failure: factFailure('data', 'out-of-time', 'no time is left to wait for the reply'),
      };
    }
    conversation.deadline = given;
    const answered = conversation.content(mail.content);
    if (this.pipelining) turn.pass();
    const answer = await answered;
    const failure = failureOf(answer, 'message', 2);
    if (failure === undefined) return answer as Extract<Sent, {ok: true}>;
    // After a reply that came before the whole text was sent, the server reads the rest of the text as commands.
    if (!isClean(failure.reply) || failure.stage === 'data') conversation.close();
    return this.#refused(failure, mail, isFresh);
  }

  /** MAIL, RCPT and DATA: why the text must not be sent, or undefined when the server waits for it. */
  async #envelope(mail: Mail, deadline: Deadline): Promise<Failure | undefined> {
    const conversation = this.#conversation;
    const commands = envelopeCommands(mail, this.#tellsSize);
    const reset = this.#dirty;
    this.#dirty = false;
    const failures = await this.#ask(reset ? [['mailfrom', 'RSET'], ...commands] : commands, deadline);
    const refused = failures.find(failure => failure !== undefined);
    if (reset && failures.shift() !== undefined) {
      // MAIL may now stand in the transaction before, and RCPT add to its recipients.
      this.#dirty = true;
      conversation.close();
      return {stage: 'mailfrom', result: 'lost', description: `RSET: ${refused!.description}`};
    }
    const isTaken = failures[0] === undefined;
    this.#hasTakenMail ||= isTaken;
    if (refused === undefined) return undefined;
    const isDataTaken = failures.length === commands.length && failures.at(-1) === undefined;
    if (!isClean(refused.reply) || (isDataTaken && !isTaken)) conversation.close();
    // RFC 2920 3.1: the server took DATA although no recipient is left. A dot alone ends it.
    else if (isDataTaken) void conversation.content({wire: Buffer.from('.\r\n'), size: 0});
    else this.#dirty = isTaken;
    return refused;
  }

  /** @returns what each command came to. After a failure no further flight is sent. */
  async #ask(commands: readonly Command[], deadline: Deadline): Promise<(Failure | undefined)[]> {
    const conversation = this.#conversation;
    const failures: (Failure | undefined)[] = [];
    for (const flight of this.pipelining ? [commands] : commands.map(command => [command])) {
      conversation.deadline = flight[0]![1] === 'RSET' ? hurried(deadline) : deadline;
      const answers = conversation.commands(flight);
      conversation.deadline = deadline;
      for (const [index, answer] of (await Promise.all(answers)).entries()) {
        const [stage, line] = flight[index]!;
        failures.push(failureOf(answer, stage, line === 'DATA' ? 3 : 2));
      }
      if (failures.some(failure => failure !== undefined)) break;
    }
    return failures;
  }

  #refused(failure: Failure, mail: Mail, isFresh: boolean): Sent {
    const spent = spentBy(failure, {isFresh, hasTakenMail: this.#hasTakenMail, isDirty: this.#dirty});
    if (spent !== undefined) void this.quit();
    const named = parameterRefusalOf(failure, mail) ?? failure;
    return {ok: false, failure: named, ...(spent && {spent})};
  }

  /** Says goodbye, and settles when the connection is closed. No message may be in flight. */
  quit(): Promise<void> {
    this.#goodbye ??= this.#conversation.quit();
    return this.#goodbye;
  }
}
