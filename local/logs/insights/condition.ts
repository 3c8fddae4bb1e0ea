// The condition of a filter: comparisons, `like`, `in` and `ispresent()`, with `and`, `or` and `not`. A comparison with a
// field that a row has not got does not hold, whichever it is.

import {fieldIn, type Operand, operandIn} from './operand.ts';
import {parseRegularExpression} from './regular-expression.ts';
import type {Row} from './row.ts';
import type {TokenReader} from './token-reader.ts';
import {compare, textOf, type Value} from './value.ts';

export type Condition = (row: Row) => boolean;
type Test = (value: Value) => boolean;

export function conditionIn(reader: TokenReader): Condition {
  const either = [conjunctionIn(reader)];
  while (reader.accept('or')) either.push(conjunctionIn(reader));
  return either.length === 1 ? either[0]! : row => either.some(each => each(row));
}

function conjunctionIn(reader: TokenReader): Condition {
  const all = [negationIn(reader)];
  while (reader.accept('and')) all.push(negationIn(reader));
  return all.length === 1 ? all[0]! : row => all.every(each => each(row));
}

function negationIn(reader: TokenReader): Condition {
  if (!reader.accept('not')) return simpleConditionIn(reader);
  const negated = reader.nested(() => negationIn(reader));
  return row => !negated(row);
}

function simpleConditionIn(reader: TokenReader): Condition {
  if (reader.accept('(')) {
    const inner = reader.nested(() => conditionIn(reader));
    reader.expect(')');
    return inner;
  }
  if (reader.isNext('ispresent') && reader.isNext('(', 1)) {
    reader.take();
    reader.take();
    const field = fieldIn(reader);
    reader.expect(')');
    return row => field.of(row) !== undefined;
  }
  return comparisonIn(reader, operandIn(reader));
}

function comparisonIn(reader: TokenReader, left: Operand): Condition {
  const isNegated = reader.accept('not');
  if (reader.accept('like') || (!isNegated && reader.accept('=~')))
    return testing(left, isNegated, likenessIn(reader));
  if (reader.accept('in')) return testing(left, isNegated, membershipIn(reader));
  if (isNegated) throw reader.unexpected('"like" or "in"');
  const operator = Object.keys(comparisons).find(each => reader.isNext(each));
  if (operator === undefined) throw reader.unexpected('a comparison');
  reader.take();
  const holds = comparisons[operator]!;
  const right = operandIn(reader);
  return row => {
    const [a, b] = [left.of(row), right.of(row)];
    return a !== undefined && b !== undefined && holds(compare(a, b));
  };
}

const comparisons: Readonly<Record<string, (order: number) => boolean>> = {
  '=': order => order === 0,
  '!=': order => order !== 0,
  '<': order => order < 0,
  '<=': order => order <= 0,
  '>': order => order > 0,
  '>=': order => order >= 0,
};

function testing(operand: Operand, isNegated: boolean, test: Test): Condition {
  return row => {
    const value = operand.of(row);
    return value !== undefined && test(value) !== isNegated;
  };
}

function likenessIn(reader: TokenReader): Test {
  if (reader.next.kind === 'regex') {
    const expression = parseRegularExpression(reader.regex());
    return value => expression.isFoundIn(textOf(value));
  }
  const {text} = reader.expectKind('text', 'a text or a regular expression');
  return value => textOf(value).includes(text);
}

function membershipIn(reader: TokenReader): Test {
  reader.expect('[');
  const members = reader.list(() => literalIn(reader));
  reader.expect(']');
  return value => members.some(member => compare(value, member) === 0);
}

function literalIn(reader: TokenReader): Value {
  if (reader.next.kind === 'number') return Number(reader.take().text);
  return reader.expectKind('text', 'a text or a number').text;
}
