// How many connections are open, by address and by client.

export class OpenConnections {
  readonly #counts = new Map<string, number>();
  readonly #most: number;
  #all = 0;

  /** @param most in all */
  constructor(most: number) {
    this.#most = most;
  }

  get all(): number {
    return this.#all;
  }

  /**
   * @param most of the same name
   * @returns what to call when it is gone, as often as one likes; undefined where there is no room
   */
  enter(name: string, most: number): (() => void) | undefined {
    const count = this.#counts.get(name) ?? 0;
    if (count >= most || this.#all >= this.#most) return undefined;
    this.#counts.set(name, count + 1);
    this.#all += 1;
    let isIn = true;
    return () => {
      if (isIn) this.#leave(name);
      isIn = false;
    };
  }

  #leave(name: string): void {
    const count = this.#counts.get(name)! - 1;
    if (count > 0) this.#counts.set(name, count);
    else this.#counts.delete(name);
    this.#all -= 1;
  }
}
