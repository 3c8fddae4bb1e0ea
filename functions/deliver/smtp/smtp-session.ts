// One SMTP connection to one address, used for one message after another; smtp-opening.ts has opened, secured and
// authenticated it. There are two ways to send a message:
// - By DATA. The text goes when the server has taken the envelope. The envelope of the next message leaves with the text,
//   where the server offers PIPELINING: one round trip a message.
// - In a flight (RFC 3030 with RFC 2920): MAIL, RCPT, BDAT and the text at once, and several such messages before the
//   first reply: one round trip for all of them. shared/smtp/flight-window.ts has how many.
// A flight shows the text to a server that has not agreed to anything. So it first has to show that it knows BDAT
// (shared/smtp/bdat-probe.ts), on each connection: whoever passes CHUNKING on without knowing it would read the text as
// commands. When a connection is lost, messages of a flight may have been sent whose text had left as a whole. It is
// known which: texts leave one after the other, each in a write of its own. RSET parts the messages of a flight: what
// became of one changes nothing for the next, and its reply shows that the server has not lost count.

import {Courtesies} from '../../../shared/smtp/courtesies.ts';
import type {Failure} from '../../../shared/smtp/failure.ts';
import {mostOctets} from '../../../shared/smtp/flight-window.ts';
import {
  type Command,
  type Extensions,
  envelopeCommands,
  type Mail,
  misfitOf,
  parameterRefusalOf,
  type Told,
} from '../../../shared/smtp/mail-parameters.ts';
import {isClean, spentBy} from '../../../shared/smtp/spent-connection.ts';
import type {Target} from '../../../shared/smtp/target.ts';
import {failureOf} from './answer.ts';
import type {Conversation} from './conversation.ts';
import {Envelopes} from './envelopes.ts';
import {Flights, reset} from './flights.ts';
import {
  freshMs,
  leastRoundTripMs,
  notBegun,
  notFresh,
  outOfTime,
  type SendOptions,
  type Sent,
} from './sent.ts';
import type {SentOctets} from './sent-octets.ts';
import type {SessionFacts} from './session-facts.ts';
import {allowanceOf} from './timeouts.ts';
import type {Turn} from './turns.ts';

/** How long the end of a batch waits for the reply to a last RSET. */
const lastReplyMs = 2_000;

export interface Opening {
  readonly target: Target;
  readonly conversation: Conversation;
  readonly extensions: Extensions;
  readonly facts: SessionFacts;
  readonly pipelining: boolean;
  /** Whether the server may be asked if it knows BDAT. */
  readonly chunking: boolean;
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
  readonly #conversation: Conversation;
  readonly #extensions: Extensions;
  readonly #courtesies: Courtesies;
  readonly #envelopes: Envelopes;
  readonly #flights: Flights;
  /** Texts that were sent by DATA and have no reply yet. */
  #byData = 0;
  /** Whether no other message may be sent over it. */
  #isSpent = false;
  #goodbye: Promise<void> | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor({target, conversation, extensions, facts, pipelining, chunking, openedMs}: Opening) {
    this.target = target;
    this.facts = facts;
    this.pipelining = pipelining;
    this.openedMs = openedMs;
    this.#conversation = conversation;
    this.#flights = new Flights(conversation);
    this.#extensions = extensions;
    this.#envelopes = new Envelopes(conversation, {
      pipelining,
      mayProbe: chunking && extensions.has('CHUNKING'),
    });
    this.#courtesies = new Courtesies(extensions);
  }

  /** Whether the server offers AUTH, and we have no credentials for it. */
  get couldAuthenticate(): boolean {
    return this.#extensions.has('AUTH') && this.facts.authentication === undefined;
  }

  /** Whether the server has taken a MAIL on it: after that it may be spent. */
  get hasTakenMail(): boolean {
    return this.#envelopes.hasTakenMail;
  }

  /** Whether it was asked if it knows BDAT. */
  get hasProbed(): boolean {
    return this.#envelopes.hasProbed;
  }

  /** What was sent over it so far. */
  get sentOctets(): SentOctets {
    return this.#conversation.sentOctets;
  }

  /** Whether the server has shown that it should not be sent flights. */
  get isUnfitForFlights(): boolean {
    const {isUnfit} = this.#flights;
    return isUnfit || this.#envelopes.bdat === 'unclear' || this.#conversation.hasSaidUnasked;
  }

  get usable(): boolean {
    return this.#conversation.open && !this.#isSpent;
  }

  /** Sends one message to one recipient. After a refusal the session may be used again, unless it is spent. */
  send(mail: Mail, turn: Turn, options: SendOptions): Promise<Sent> {
    const sent = this.#send(mail, turn, options);
    this.#last = Promise.all([this.#last, sent]).then(() => {});
    return sent;
  }

  /** Settles when nothing is in flight any more. An environment may be frozen after that, and for longer than replies wait. */
  async drained(): Promise<void> {
    await this.#last;
    await this.#conversation.answered(lastReplyMs);
  }

  async #send(mail: Mail, turn: Turn, options: SendOptions): Promise<Sent> {
    const misfit = misfitOf(mail, this.#extensions);
    if (misfit !== undefined) {
      this.#isFresh = false;
      return {ok: false, failure: misfit};
    }
    const {most, now, lastTextMs, deadlineMs, leastRoundTripMs: leastMs = leastRoundTripMs} = options;
    const {size} = mail.content;
    const isFar = this.#conversation.roundTripMs >= leastMs;
    const knowsBdat = () => this.#envelopes.bdat === 'known';
    const flies = () => knowsBdat() && most > 1 && isFar && size <= mostOctets;
    if (flies()) {
      const wishOf = () => ({octets: size, most, leftMs: (lastTextMs ?? deadlineMs) - now()});
      const beganMs = now();
      await this.#flights.room(wishOf, () => this.usable);
      if (this.usable && now() - beganMs > (options.freshMs ?? freshMs)) return notFresh;
    } else if (knowsBdat()) await this.#flights.empty();
    if (this.usable && flies()) return this.#fly(mail, turn, options);
    if (!this.usable && knowsBdat()) return notBegun;
    return this.#sendByData(mail, turn, options);
  }

  async #sendByData(mail: Mail, turn: Turn, given: SendOptions): Promise<Sent> {
    const conversation = this.#conversation;
    const deadline = {...given, allowance: allowanceOf(given.patience?.beforeTextMs)};
    conversation.deadline = deadline;
    const isFresh = this.#isFresh;
    this.#isFresh = false;
    this.messages += 1;
    const number = this.messages;
    this.#flights.unpart();
    const envelope = (told: Told) =>
      this.#envelopes.send(envelopeCommands(mail, told), deadline, given.most > 1);
    let told = this.#courtesies.of(mail);
    let refusal = await envelope(told);
    while (refusal !== undefined && this.#courtesies.leaveOut(refusal, told)) {
      told = this.#courtesies.of(mail);
      const again = await envelope(told);
      // A server that also closes the connection has refused the message all the same.
      if (again?.result === 'lost') break;
      refusal = again;
    }
    if (refusal !== undefined) return {...this.#refused(refusal, mail, isFresh), number};
    this.#courtesies.taken(mail);
    if (deadline.now() > (deadline.lastTextMs ?? deadline.deadlineMs)) {
      conversation.close();
      return {ok: false, failure: outOfTime, number};
    }
    conversation.deadline = given;
    const answered = conversation.content(mail.content);
    const {size} = mail.content;
    // The first flight follows it at once. Behind a message that is too large for a flight nothing does.
    if (size > mostOctets) this.#flights.left(size, given.now());
    this.#byData += 1;
    if (this.pipelining) turn.pass();
    const answer = await answered;
    this.#byData -= 1;
    if (size > mostOctets) this.#flights.answered(given.now());
    const failure = failureOf(answer, 'message', 2);
    if (failure === undefined) return {...(answer as Extract<Sent, {ok: true}>), number};
    // After a reply that came before the whole text was sent, the server reads the rest of the text as commands.
    if (!isClean(failure.reply) || failure.stage === 'data') conversation.close();
    return {...this.#refused(failure, mail, isFresh), number};
  }

  /** The message leaves at once, behind those that have no reply yet. */
  async #fly(mail: Mail, turn: Turn, given: SendOptions): Promise<Sent> {
    const conversation = this.#conversation;
    const {now, lastTextMs, deadlineMs} = given;
    if (now() > (lastTextMs ?? deadlineMs)) return {ok: false, failure: outOfTime, number: 0};
    this.messages += 1;
    const number = this.messages;
    const told = this.#courtesies.of(mail);
    const follows = this.#envelopes.isDirty || this.#byData > 0 || this.#flights.unanswered > 0;
    const parts = follows && !this.#flights.isParted;
    this.#envelopes.isDirty = false;
    const [mailFrom, rcptTo] = envelopeCommands(mail, told) as readonly [Command, Command];
    const commands: readonly Command[] = [...(parts ? [reset] : []), mailFrom, rcptTo];
    conversation.deadline = {...given, allowance: allowanceOf(given.patience?.beforeTextMs)};
    const flown = this.#flights.send(commands, mail.content, given);
    await flown.left;
    turn.pass();
    const {fate, inStep, isUnknown, isBehind} = await flown.fate;
    if (fate.ok) {
      this.#courtesies.taken(mail);
      return {...fate, number};
    }
    const {failure} = fate;
    // What is behind it has parted from it by RSET.
    if (number === this.messages && failure.stage !== 'mailfrom') this.#envelopes.isDirty = true;
    if (inStep && this.#courtesies.leaveOut(failure, told)) return {ok: false, failure, again: true, number};
    const sent = this.#refused(failure, mail, false);
    return {...sent, ...(isUnknown && {spent: 'doubtful'}), number, isBehind};
  }

  #refused(failure: Failure, mail: Mail, isFresh: boolean): Sent {
    const {hasTakenMail, isDirty} = this.#envelopes;
    const spent = spentBy(failure, {isFresh, hasTakenMail, isDirty});
    if (spent !== undefined) void this.#leave();
    const named = parameterRefusalOf(failure, mail) ?? failure;
    return {ok: false, failure: named, ...(spent && {spent})};
  }

  /** Takes no other message, and says goodbye when those that are in flight have their replies. */
  async #leave(): Promise<void> {
    this.#isSpent = true;
    await this.#last;
    await this.quit();
  }

  /** Says goodbye, and settles when the connection is closed. No message may be in flight. */
  quit(): Promise<void> {
    this.#goodbye ??= this.#conversation.quit();
    return this.#goodbye;
  }
}
