// Which rows of a long table are drawn.

export interface Seen {
  /** Where the first row is, below the upper edge of what is seen; negative once it has been scrolled away. */
  readonly top: number;
  readonly height: number;
}

/** Rows that are drawn above and below what is seen, for who scrolls fast. */
const margin = 12;

export function windowOf(
  {top, height}: Seen,
  rowHeight: number,
  count: number,
): {readonly from: number; readonly to: number} {
  const first = Math.floor(-top / rowHeight) - margin;
  const last = Math.ceil((height - top) / rowHeight) + margin;
  const from = Math.min(Math.max(first, 0), Math.max(count - 1, 0));
  return {from, to: Math.max(Math.min(last, count), from)};
}
