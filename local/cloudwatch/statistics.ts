// Statistics of the values that a metric had in some time: each value with how often it came, so that percentiles can be
// said.

/** So many values are kept as they are. Further ones are rounded to three digits: percentiles are then that exact. */
const exactValues = 1000;

export class Statistics {
  readonly #counts = new Map<number, number>();
  #sum = 0;
  #count = 0;
  #minimum = Number.POSITIVE_INFINITY;
  #maximum = Number.NEGATIVE_INFINITY;

  add(value: number, times = 1): void {
    const isExact = this.#counts.has(value) || this.#counts.size < exactValues;
    const kept = isExact ? value : Number(value.toPrecision(3));
    this.#counts.set(kept, (this.#counts.get(kept) ?? 0) + times);
    this.#sum += value * times;
    this.#count += times;
    this.#minimum = Math.min(this.#minimum, value);
    this.#maximum = Math.max(this.#maximum, value);
  }

  addAll(other: Statistics): void {
    const {sum, minimum, maximum} = {
      sum: this.#sum + other.#sum,
      minimum: other.#minimum,
      maximum: other.#maximum,
    };
    for (const [value, times] of other.#counts) this.add(value, times);
    // Rounded values must not change what is known exactly.
    this.#sum = sum;
    this.#minimum = Math.min(this.#minimum, minimum);
    this.#maximum = Math.max(this.#maximum, maximum);
  }

  /** @param name `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount` or `p95`; undefined when it is none of these */
  of(name: string): number | undefined {
    switch (name) {
      case 'Sum':
        return this.#sum;
      case 'Average':
        return this.#sum / this.#count;
      case 'Minimum':
        return this.#minimum;
      case 'Maximum':
        return this.#maximum;
      case 'SampleCount':
        return this.#count;
      default: {
        const percent = percentOf(name);
        return percent === undefined ? undefined : this.#percentile(percent);
      }
    }
  }

  /** The nearest rank. */
  #percentile(percent: number): number {
    const rank = Math.max(Math.ceil((percent / 100) * this.#count), 1);
    let seen = 0;
    for (const [value, times] of [...this.#counts].sort(([a], [b]) => a - b)) {
      seen += times;
      if (seen >= rank) return Math.min(Math.max(value, this.#minimum), this.#maximum);
    }
    return this.#maximum;
  }
}

export const isStatistic = (name: string): boolean =>
  ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'].includes(name) || percentOf(name) !== undefined;

function percentOf(name: string): number | undefined {
  const percent = Number(/^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(name)?.[1] ?? Number.NaN);
  return percent <= 100 ? percent : undefined;
}
