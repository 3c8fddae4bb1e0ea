// One figure from several runs of the same thing. Pure.

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('the median of nothing');
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * Our figure over theirs: the median of the ratios of neighbouring runs. A machine that is slower for a while is slower
 * for both, so their ratio holds where the ratio of the medians would not.
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) throw new RangeError(`${ours.length} runs beside ${theirs.length}`);
  return median(ours.map((value, run) => value / theirs[run]!));
}

/** The order in a run. Another one comes first each time, so that no one always has the colder machine. */
export function rotated<T>(items: readonly T[], run: number): readonly T[] {
  const start = items.length === 0 ? 0 : run % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}
