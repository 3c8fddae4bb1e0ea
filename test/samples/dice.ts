// Chance that can be repeated: dice with the same seed and name throw the same, whatever other dice throw.

import {createHash} from 'node:crypto';

export class Dice {
  #state: number;

  constructor(seed: number, ...name: readonly (string | number)[]) {
    this.#state = createHash('sha256')
      .update(JSON.stringify([seed, ...name]))
      .digest()
      .readUInt32LE();
  }

  /** From 0 up to 1 (mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  oneOf<T>(choices: readonly T[]): T {
    return choices[this.whole(0, choices.length - 1)] as T;
  }

  shuffled<T>(items: readonly T[]): T[] {
    return items
      .map(item => ({item, lot: this.next()}))
      .sort((a, b) => a.lot - b.lot)
      .map(({item}) => item);
  }

  /** Both in one list, mixed, each in its own order. */
  merged<T>(a: readonly T[], b: readonly T[]): T[] {
    const merged: T[] = [];
    for (let [i, j] = [0, 0]; i + j < a.length + b.length; ) {
      const fromA = this.whole(1, a.length + b.length - i - j) <= a.length - i;
      merged.push((fromA ? a[i++] : b[j++]) as T);
    }
    return merged;
  }
}
