// A priority queue from which anything can be taken, not only the first: a binary heap that knows where each
// of its items is.

export class Heap<T> {
  readonly #rankOf: (item: T) => number;
  readonly #items: T[] = [];
  readonly #indexes = new Map<T, number>();

  /** The lowest rank comes first. An item's rank may change only while it is not in the heap. */
  constructor(rankOf: (item: T) => number) {
    this.#rankOf = rankOf;
  }

  get size(): number {
    return this.#items.length;
  }

  has(item: T): boolean {
    return this.#indexes.has(item);
  }

  peek(): T | undefined {
    return this.#items[0];
  }

  push(item: T): void {
    this.#items.push(item);
    this.#rise(this.#items.length - 1, item);
  }

  pop(): T | undefined {
    const first = this.#items[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Whether it was there. */
  remove(item: T): boolean {
    const index = this.#indexes.get(item);
    if (index === undefined) return false;
    this.#indexes.delete(item);
    const last = this.#items.pop() as T;
    if (last === item) return true;
    // The last item fills the gap, and belongs either above or below it.
    this.#rise(index, last);
    this.#sink(this.#indexes.get(last) as number, last);
    return true;
  }

  clear(): void {
    this.#items.length = 0;
    this.#indexes.clear();
  }

  #place(index: number, item: T): void {
    this.#items[index] = item;
    this.#indexes.set(item, index);
  }

  #rise(from: number, item: T): void {
    const rank = this.#rankOf(item);
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#items[parentIndex] as T;
      if (this.#rankOf(parent) <= rank) break;
      this.#place(index, parent);
      index = parentIndex;
    }
    this.#place(index, item);
  }

  #sink(from: number, item: T): void {
    const rank = this.#rankOf(item);
    const {length} = this.#items;
    let index = from;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= length) break;
      const right = this.#items[childIndex + 1];
      if (right !== undefined && this.#rankOf(right) < this.#rankOf(this.#items[childIndex] as T))
        childIndex++;
      const child = this.#items[childIndex] as T;
      if (this.#rankOf(child) >= rank) break;
      this.#place(index, child);
      index = childIndex;
    }
    this.#place(index, item);
  }
}
