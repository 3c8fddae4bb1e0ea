// How many messages may be on their way on one connection without a reply to their text. It begins with one, doubles
// after each flight that was answered promptly, and is one again when a reply was not prompt: a server that hangs then
// has few of them.

import {lateMs} from './patience.ts';

/** So many octets of texts wait for replies at most. A larger message goes alone. */
export const mostOctets = 1_048_576;
/** A server that takes longer for a message is not fast, so that many messages at a time win nothing. */
export const promptMs = 1_000;

/** The largest that a capacity may ask for. */
export const largestFlight = 100;

export interface Wish {
  readonly octets: number;
  /** How many may be on their way, at most. */
  readonly most: number;
  /** How much time is left in which a text may be sent. */
  readonly leftMs: number;
}

export class FlightWindow {
  #size = 1;
  /** The texts that have no reply yet, in octets. */
  readonly #unanswered: number[] = [];
  #octets = 0;
  /** When the first of them began to be the one that the server is at. */
  #sinceMs = 0;
  /** How many were answered promptly since it grew. */
  #prompt = 0;

  get unanswered(): number {
    return this.#unanswered.length;
  }

  /** Whether a message may go now. Each one before it may have a reply that is as late as is not yet late. */
  hasRoom({octets, most, leftMs}: Wish): boolean {
    const before = this.#unanswered.length;
    if (before === 0) return true;
    if (before >= Math.min(this.#size, most) || this.#octets + octets > mostOctets) return false;
    return leftMs >= before * lateMs;
  }

  left(octets: number, nowMs: number): void {
    if (this.#unanswered.length === 0) this.#sinceMs = nowMs;
    this.#unanswered.push(octets);
    this.#octets += octets;
  }

  /** The first of them has its reply. */
  answered(nowMs: number): void {
    this.#octets -= this.#unanswered.shift() ?? 0;
    const isPrompt = nowMs - this.#sinceMs <= promptMs;
    this.#sinceMs = nowMs;
    this.#prompt = isPrompt ? this.#prompt + 1 : 0;
    if (!isPrompt) this.#size = 1;
    if (this.#prompt < this.#size) return;
    this.#prompt = 0;
    this.#size = Math.min(this.#size * 2, largestFlight);
  }
}
