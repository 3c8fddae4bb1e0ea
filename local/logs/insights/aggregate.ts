// The functions of `stats`: each takes in the rows of one group, one by one, and has a value in the end.

import {MalformedQuery} from './malformed-query.ts';
import {fieldIn, type Operand, unknownFunction} from './operand.ts';
import type {Row} from './row.ts';
import type {TokenReader} from './token-reader.ts';
import {compare, numberOf, textOf, type Value} from './value.ts';

export interface Aggregate {
  add(row: Row): void;
  /** Undefined when no row had what it needs. */
  value(): Value | undefined;
}

type NewAggregate = () => Aggregate;

/** @returns what starts the aggregate of a group */
export function aggregateIn(reader: TokenReader): NewAggregate {
  const name = reader.expectKind('word', 'a function as count(*)');
  const kind = name.text.toLowerCase();
  reader.expect('(');
  if (kind === 'count' && (reader.isNext('*') || reader.isNext(')'))) {
    reader.accept('*');
    reader.expect(')');
    return counting(() => true);
  }
  const make = Object.hasOwn(functions, kind) ? functions[kind] : undefined;
  if (make === undefined && kind !== 'pct') throw unknownFunction(name);
  const field = fieldIn(reader);
  const started = make?.(field) ?? percentile(field, percentIn(reader));
  reader.expect(')');
  return started;
}

function percentIn(reader: TokenReader): number {
  reader.expect(',');
  const token = reader.expectKind('number', 'a percentage');
  const percent = Number(token.text);
  if (percent < 0 || percent > 100) throw new MalformedQuery('a percentage is a number from 0 to 100', token);
  return percent;
}

const functions: Readonly<Record<string, (field: Operand) => NewAggregate>> = {
  count: field => counting(row => field.of(row) !== undefined),
  sum: field => of(field, sumOf),
  avg: field => of(field, numbers => sumOf(numbers) / numbers.length),
  min: field => choosing(field, (value, best) => compare(value, best) < 0),
  max: field => choosing(field, (value, best) => compare(value, best) > 0),
  count_distinct: field => () => {
    const seen = new Set<string>();
    return {
      add(row) {
        const value = field.of(row);
        if (value !== undefined) seen.add(textOf(value));
      },
      value: () => seen.size,
    };
  },
  latest: field => inTime(field, (time, best) => time > best),
  earliest: field => inTime(field, (time, best) => time < best),
};

function counting(counts: (row: Row) => boolean): NewAggregate {
  return () => {
    let count = 0;
    return {
      add(row) {
        if (counts(row)) count += 1;
      },
      value: () => count,
    };
  };
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, each) => sum + each, 0);

/** Of the numbers that a field has; undefined when it has none. */
function of(field: Operand, result: (numbers: readonly number[]) => number): NewAggregate {
  return () => {
    const numbers: number[] = [];
    return {
      add(row) {
        const number = numberOf(field.of(row));
        if (number !== undefined) numbers.push(number);
      },
      value: () => (numbers.length === 0 ? undefined : result(numbers)),
    };
  };
}

/** The value below which that share of the values is: the nearest rank. */
const percentile = (field: Operand, percent: number): NewAggregate =>
  of(field, numbers => {
    const sorted = Float64Array.from(numbers).sort();
    return sorted[Math.max(Math.ceil((percent / 100) * sorted.length), 1) - 1]!;
  });

function choosing(field: Operand, isBetter: (value: Value, best: Value) => boolean): NewAggregate {
  return () => {
    let best: Value | undefined;
    return {
      add(row) {
        const value = field.of(row);
        if (value !== undefined && (best === undefined || isBetter(value, best))) best = value;
      },
      value: () => best,
    };
  };
}

/** The field of the row whose time is the best one, among the rows that have the field. */
function inTime(field: Operand, isBetter: (time: number, best: number) => boolean): NewAggregate {
  return () => {
    let best: {readonly time: number; readonly value: Value} | undefined;
    return {
      add(row) {
        const [value, time] = [field.of(row), numberOf(row.get('@timestamp'))];
        if (value === undefined || time === undefined) return;
        if (best === undefined || isBetter(time, best.time)) best = {time, value};
      },
      value: () => best?.value,
    };
  };
}
