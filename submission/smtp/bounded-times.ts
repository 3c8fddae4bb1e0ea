// Names that count for a while: the oldest go first when there are too many.

export class BoundedTimes {
  readonly #untilMs = new Map<string, number>();
  readonly #most: number;
  readonly #lastsMs: number;
  readonly #now: () => number;

  constructor(most: number, lastsMs: number, now: () => number) {
    this.#most = most;
    this.#lastsMs = lastsMs;
    this.#now = now;
  }

  has(name: string): boolean {
    const untilMs = this.#untilMs.get(name);
    return untilMs !== undefined && this.#now() < untilMs;
  }

  add(name: string): void {
    this.#untilMs.delete(name);
    this.#untilMs.set(name, this.#now() + this.#lastsMs);
    if (this.#untilMs.size <= this.#most) return;
    for (const oldest of this.#untilMs.keys()) {
      this.#untilMs.delete(oldest);
      break;
    }
  }
}
