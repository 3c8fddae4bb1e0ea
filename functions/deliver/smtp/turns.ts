// Turns: how the messages of a lane share its one connection. A message may write commands only while it has the turn.
// - It begins when it gets the turn, after the one before it in the group.
// - It passes the turn on when its text has been handed over (with PIPELINING), so that the commands of the next
//   message leave with that text, or behind it in a flight; or when its attempt is over. Its reply may still be to come.
// - If it has to write again after that (another server, or a new connection), it takes another turn. It goes ahead of
//   messages that have not begun.

export interface Turn {
  /** Settles when the message has the turn: at once, unless it has passed it on. */
  take(): Promise<void>;
  /** Lets those go first that wait for another turn, as they stand in front of it in the group. */
  readonly yield: () => Promise<void>;
  /** Lets another message have the turn. Every message has to do this in the end; to do it again does no harm. */
  readonly pass: () => void;
}

export class Turns {
  #isTaken = false;
  /** Messages that wait for another turn, and those that have not begun. */
  readonly #again: (() => void)[] = [];
  readonly #unbegun: (() => void)[] = [];

  /** The first turn of a message, as soon as it has it. */
  async next(): Promise<Turn> {
    await this.#take(this.#unbegun);
    let isMine = true;
    return {
      take: async () => {
        if (!isMine) await this.#take(this.#again);
        isMine = true;
      },
      yield: async () => {
        const first = isMine ? this.#again.shift() : undefined;
        if (first === undefined) return;
        const mine = new Promise<void>(resolve => this.#again.push(resolve));
        first();
        await mine;
      },
      pass: () => {
        if (isMine) this.#pass();
        isMine = false;
      },
    };
  }

  async #take(waiting: (() => void)[]): Promise<void> {
    if (this.#isTaken) await new Promise<void>(resolve => waiting.push(resolve));
    this.#isTaken = true;
  }

  #pass(): void {
    const resolve = this.#again.shift() ?? this.#unbegun.shift();
    if (resolve === undefined) this.#isTaken = false;
    else resolve();
  }
}
