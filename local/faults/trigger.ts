// When a fault strikes: with what probability, and how many times. Its random numbers come from a seed, so that a run can
// be repeated.

export interface Dose {
  readonly rate?: number | undefined;
  readonly count?: number | undefined;
  readonly seed?: number | undefined;
}

export class Trigger {
  readonly seed: number;
  readonly #rate: number;
  readonly #count: number;
  readonly #waiting = new Set<() => void>();
  #fired = 0;
  #state: number;

  constructor({
    rate = 1,
    count = Number.POSITIVE_INFINITY,
    seed = Math.floor(Math.random() * 2 ** 32),
  }: Dose) {
    this.#rate = rate;
    this.#count = count;
    this.seed = seed;
    this.#state = seed | 0;
  }

  get fired(): number {
    return this.#fired;
  }

  get spent(): boolean {
    return this.#fired >= this.#count;
  }

  /** Whether it strikes now. */
  fires(): boolean {
    if (this.spent || this.random() >= this.#rate) return false;
    this.#fired += 1;
    for (const wake of this.#waiting) wake();
    return true;
  }

  /** Settles as soon as it has struck so many times in all. */
  async whenFired(times: number): Promise<void> {
    while (this.#fired < times) {
      await new Promise<void>(resolve => {
        const wake = () => {
          this.#waiting.delete(wake);
          resolve();
        };
        this.#waiting.add(wake);
      });
    }
  }

  /** The next number of the seed's sequence, in [0, 1): the generator mulberry32. */
  random(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
