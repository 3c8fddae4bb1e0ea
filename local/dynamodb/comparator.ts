// The comparators of expressions.

import type {Tokens} from './tokens.ts';

interface Comparator {
  readonly symbol: string;
  /** @param difference of the left operand and the right one */
  readonly holds: (difference: number) => boolean;
}

const comparators: readonly Comparator[] = [
  {symbol: '=', holds: difference => difference === 0},
  {symbol: '<>', holds: difference => difference !== 0},
  {symbol: '<', holds: difference => difference < 0},
  {symbol: '<=', holds: difference => difference <= 0},
  {symbol: '>', holds: difference => difference > 0},
  {symbol: '>=', holds: difference => difference >= 0},
];

export function parseComparator(tokens: Tokens): Comparator {
  const comparator = comparators.find(({symbol}) => tokens.take(symbol));
  if (comparator === undefined) throw tokens.unexpected();
  return comparator;
}
