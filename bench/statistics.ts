// What several runs of the same thing come to. Pure.

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * How many times theirs ours is: the median of the ratios of runs that were neighbours. A machine that is slower
 * for a while is slower for both, and their ratio keeps still where the medians of each would not.
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) throw new RangeError(`${ours.length} runs beside ${theirs.length}`);
  return median(ours.map((value, run) => value / theirs[run]!));
}

/** Of a run: nobody comes first every time, so that nobody has the colder machine every time. */
export function rotated<T>(items: readonly T[], run: number): readonly T[] {
  const start = items.length === 0 ? 0 : run % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
