// Condition expressions (Amazon DynamoDB Developer Guide, "Condition and filter expressions, operators, and
// functions"): comparisons, BETWEEN, begins_with, attribute_exists and attribute_not_exists, NOT, AND, OR, parentheses.

import {parseComparator} from './comparator.ts';
import {beginsWith, difference} from './item.ts';
import {parseAttribute, parseOperand} from './operand.ts';
import type {Tokens} from './tokens.ts';
import type {Item, Value} from './value.ts';

export type Condition = (item: Item) => boolean;

export function parseCondition(tokens: Tokens): Condition {
  const condition = either(tokens);
  tokens.end();
  return condition;
}

function either(tokens: Tokens): Condition {
  const parts = [both(tokens)];
  while (tokens.take('OR')) parts.push(both(tokens));
  return item => parts.some(part => part(item));
}

function both(tokens: Tokens): Condition {
  const parts = [one(tokens)];
  while (tokens.take('AND')) parts.push(one(tokens));
  return item => parts.every(part => part(item));
}

function one(tokens: Tokens): Condition {
  if (tokens.take('NOT')) {
    const condition = one(tokens);
    return item => !condition(item);
  }
  if (tokens.take('(')) {
    const condition = either(tokens);
    tokens.expect(')');
    return condition;
  }
  if (tokens.take('attribute_exists')) return existence(tokens, true);
  if (tokens.take('attribute_not_exists')) return existence(tokens, false);
  if (tokens.take('begins_with')) return beginning(tokens);
  return comparison(tokens);
}

function existence(tokens: Tokens, wanted: boolean): Condition {
  tokens.expect('(');
  const name = parseAttribute(tokens);
  tokens.expect(')');
  return item => (item[name] !== undefined) === wanted;
}

function beginning(tokens: Tokens): Condition {
  tokens.expect('(');
  const operand = parseOperand(tokens);
  tokens.expect(',');
  const start = parseOperand(tokens);
  tokens.expect(')');
  return item => {
    const [value, wanted] = [operand(item), start(item)];
    return value !== undefined && wanted !== undefined && beginsWith(value, wanted);
  };
}

function comparison(tokens: Tokens): Condition {
  const left = parseOperand(tokens);
  if (tokens.take('BETWEEN')) {
    const least = parseOperand(tokens);
    tokens.expect('AND');
    const most = parseOperand(tokens);
    return item =>
      (distanceOf(left(item), least(item)) ?? -1) >= 0 && (distanceOf(left(item), most(item)) ?? 1) <= 0;
  }
  const {symbol, holds} = parseComparator(tokens);
  const right = parseOperand(tokens);
  return item => {
    const distance = distanceOf(left(item), right(item));
    return distance === undefined ? symbol === '<>' : holds(distance);
  };
}

/** @returns undefined when a value is missing, or when the two are of different types */
function distanceOf(a: Value | undefined, b: Value | undefined): number | undefined {
  return a && b && difference(a, b);
}
