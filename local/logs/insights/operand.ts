// What stands for a value in a query: a field, a text, a number, or the time that a row falls into.

import {MalformedQuery} from './malformed-query.ts';
import type {Row} from './row.ts';
import type {TokenReader} from './token-reader.ts';
import type {Token} from './tokens.ts';
import type {Value} from './value.ts';

export interface Operand {
  /** What its column is called. */
  readonly name: string;
  of(row: Row): Value | undefined;
}

const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

export function fieldIn(reader: TokenReader): Operand {
  const {kind} = reader.next;
  if (kind !== 'word' && kind !== 'field') throw reader.unexpected('a field');
  const {text: name} = reader.take();
  return {name, of: row => row.get(name)};
}

/** A field or `bin(5m)`: what rows can be grouped and sorted by. */
export function columnIn(reader: TokenReader): Operand {
  const {next: first} = reader;
  if (!reader.isNext('(', 1)) return fieldIn(reader);
  if (!reader.isNext('bin')) throw unknownFunction(first);
  reader.take();
  reader.expect('(');
  const widthMs = widthOf(reader.expectKind('word', 'a time as 5m'));
  reader.expect(')');
  const name = reader.textSince(first);
  return {
    name,
    of(row) {
      const known = row.get(name);
      const time = row.get('@timestamp');
      if (known !== undefined || !(time instanceof Date)) return known;
      return new Date(Math.floor(time.getTime() / widthMs) * widthMs);
    },
  };
}

export function operandIn(reader: TokenReader): Operand {
  const {kind, text} = reader.next;
  if (kind !== 'text' && kind !== 'number') return columnIn(reader);
  reader.take();
  const value = kind === 'number' ? Number(text) : text;
  return {name: text, of: () => value};
}

/** `as NAME`, where it comes next. */
export const aliasIn = (reader: TokenReader): string | undefined =>
  reader.accept('as') ? fieldIn(reader).name : undefined;

export const unknownFunction = (token: Token): MalformedQuery =>
  new MalformedQuery(`the local Logs Insights has no function ${token.text.slice(0, 100)} here`, token);

function widthOf(token: Token): number {
  const [, count = '', unit = ''] = /^(\d{1,9})([a-z]+)$/.exec(token.text) ?? [];
  const widthMs = Number(count) * (unitMs[unit] ?? 0);
  if (widthMs > 0) return widthMs;
  throw new MalformedQuery('a time is a number and one of ms, s, m, h and d, as 5m', token);
}
