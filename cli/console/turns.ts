// One after the other: whoever looks at dead letters hides them from others meanwhile, and a look must not keep a person's
// act from finding its message.

export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  next<T>(act: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(act);
    this.#last = turn.catch(() => {});
    return turn;
  }
}
