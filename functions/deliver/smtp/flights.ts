// The messages of one connection that were sent by BDAT and have no reply yet. A message that wants to leave waits for room
// among them. What the replies to one mean is decided before the next reply is read, so that none counts for another
// message when they no longer fit.

import type {Content} from '../../../shared/smtp/content.ts';
import {type FlightFate, fateOf, outOfStep} from '../../../shared/smtp/flight-replies.ts';
import {FlightWindow, type Wish} from '../../../shared/smtp/flight-window.ts';
import type {Command} from '../../../shared/smtp/mail-parameters.ts';
import {type Answer, failureOf} from './answer.ts';
import type {Conversation} from './conversation.ts';
import type {Deadline} from './timeouts.ts';

/** Parts a message from the one before it. */
export const reset: Command = ['mailfrom', 'RSET'];

interface Flown extends FlightFate {
  /** What ended the connection happened to a message before this one. */
  readonly isBehind: boolean;
}

export interface Departure {
  /** Settles when the whole message has left, or the connection is lost. */
  readonly left: Promise<void>;
  readonly fate: Promise<Flown>;
}

export class Flights {
  /** Whether the server has shown that it should not be sent flights. */
  isUnfit = false;
  readonly #conversation: Conversation;
  readonly #window = new FlightWindow();
  /** Those who want to know of the next reply. */
  readonly #waiting: (() => void)[] = [];
  /** Whether a message has met the end of the connection. */
  #hasEnded = false;
  #sent = 0;
  /** How many had been sent at the last nudge. */
  #nudged = 0;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  get unanswered(): number {
    return this.#window.unanswered;
  }

  /** Whether RSET stands behind the last message already. Exim counts a second one as a command too many. */
  get isParted(): boolean {
    return this.#nudged > 0 && this.#nudged === this.#sent;
  }

  /** A message was sent by DATA. */
  unpart(): void {
    this.#nudged = 0;
  }

  /** Settles when there is room, or the connection is of no use any more. */
  async room(wishOf: () => Wish, isUsable: () => boolean): Promise<void> {
    while (isUsable() && !this.#window.hasRoom(wishOf())) await this.#change();
    // Those in front of it learn first that they have to go again.
    if (!isUsable()) await new Promise(resolve => setImmediate(resolve));
  }

  /** Settles when every message has its reply. */
  async empty(): Promise<void> {
    while (this.unanswered > 0) await this.#change();
  }

  /** A text takes up room until `answered`. */
  left(octets: number, nowMs: number): void {
    this.#window.left(octets, nowMs);
  }

  answered(nowMs: number): void {
    this.#window.answered(nowMs);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #change(): Promise<void> {
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  /**
   * Sends a message at once, behind those that have no reply yet.
   * @param commands RSET where it has to part from another one, MAIL and RCPT
   * @param deadline of the text
   */
  send(commands: readonly Command[], content: Content, deadline: Deadline): Departure {
    const conversation = this.#conversation;
    const {promise: fate, resolve} = Promise.withResolvers<Flown>();
    const heard: Answer[] = [];
    this.#sent += 1;
    this.left(content.size, deadline.now());
    const left = conversation.flight(commands, content, deadline, answer => {
      heard.push(answer);
      if (heard.length === commands.length) setImmediate(() => this.#nudge());
      if (heard.length <= commands.length) return;
      const [text, rcpt, mail, parted] = heard.toReversed() as [Answer, Answer, Answer, Answer?];
      const {hasLeft} = conversation;
      const flown = {...fateOf({reset: parted, mail, rcpt, text, hasLeft}), isBehind: this.#hasEnded};
      // The next reply belongs to nothing that is known.
      if (!flown.inStep) this.#end();
      this.answered(deadline.now());
      resolve(flown);
    });
    return {left, fate};
  }

  /**
   * Sends RSET behind the last text of a flight when the first replies are here, so that our acknowledgement of them goes
   * with it: a server that is waiting for that (RFC 1122 4.2.3.4) goes on then, and not after 40 ms. Not behind a message
   * that is alone: a second reply to that is seen as one too many.
   */
  #nudge(): void {
    if (!this.#conversation.open || this.#nudged === this.#sent || this.unanswered < 2) return;
    this.#nudged = this.#sent;
    this.#conversation.commands([reset], answer => {
      if (failureOf(answer, 'mailfrom', 2) !== undefined) this.#end();
    });
  }

  #end(): void {
    this.#hasEnded = true;
    if (!this.#conversation.hasLeft) this.isUnfit = true;
    this.#conversation.close(outOfStep);
  }
}
