// The values of fields: texts, numbers and times; how they are shown, compared and sorted.

export type Value = string | number | Date;

export const textOf = (value: Value): string =>
  value instanceof Date ? value.toISOString().replace('T', ' ').replace('Z', '') : String(value);

const numeric = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;

/** A text that is a number counts as one; undefined when a value is none. */
export function numberOf(value: Value | undefined): number | undefined {
  if (value === undefined || typeof value === 'number') return value;
  if (value instanceof Date) return value.getTime();
  // Longer texts are identifiers: as numbers, different ones could be the same.
  return value.length <= 15 && numeric.test(value) ? Number(value) : undefined;
}

/** Negative, zero or positive, as numbers where both are numbers. */
export function compare(a: Value, b: Value): number {
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined) return left - right;
  return compareTexts(textOf(a), textOf(b));
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const chunks = /\d+|\D+/g;

/**
 * The order of `sort` ("CloudWatch Logs Insights language query syntax: sort"): what is absent comes first, then what
 * is no number, then numbers. In a text, digits and other characters are compared chunk by chunk, digits by length
 * first.
 */
export function compareNaturally(a: Value | undefined, b: Value | undefined): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined) return left - right;
  if (left !== undefined || right !== undefined) return left === undefined ? -1 : 1;
  const [ours, theirs] = [textOf(a).match(chunks) ?? [], textOf(b).match(chunks) ?? []];
  for (const [index, chunk] of ours.entries()) {
    const order = compareChunks(chunk, theirs[index]);
    if (order !== 0) return order;
  }
  return ours.length - theirs.length;
}

function compareChunks(a: string, b: string | undefined): number {
  if (b === undefined) return 1;
  const areDigits = /^\d/.test(a) && /^\d/.test(b);
  return (areDigits ? a.length - b.length : 0) || compareTexts(a, b);
}
