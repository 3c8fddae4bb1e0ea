// Key condition expressions (Amazon DynamoDB Developer Guide, "Key condition expressions for the Query operation"): which
// partition, and which of its sort keys.

import {parseComparator} from './comparator.ts';
import {unfit} from './errors.ts';
import {beginsWith, difference} from './item.ts';
import {checkKeyValue} from './key.ts';
import {parseAttribute} from './operand.ts';
import type {TableResource} from './table-resource.ts';
import type {Tokens} from './tokens.ts';
import type {Value} from './value.ts';

interface Part {
  readonly name: string;
  /** Whether it is `name = :value`. */
  readonly isEquality: boolean;
  /** What the key is compared with. */
  readonly values: readonly Value[];
  readonly holds: (key: Value) => boolean;
}

export interface KeyCondition {
  readonly partition: string;
  readonly holds: (sortKey: Value) => boolean;
}

export function parseKeyCondition(tokens: Tokens): readonly Part[] {
  const parts = conjunction(tokens);
  tokens.end();
  return parts;
}

/** @throws AwsError when the condition is not about the table's keys */
export function keyConditionOf(parts: readonly Part[], {key, sortKey}: TableResource): KeyCondition {
  if (parts.length > 2) throw unfit('Conditions can be of length 1 or 2 only');
  if (new Set(parts.map(({name}) => name)).size < parts.length)
    throw unfit('KeyConditionExpressions must only contain one condition per key');
  const partition = parts.find(({name}) => name === key);
  const [other] = parts.filter(({name}) => name !== key);
  if (partition === undefined) throw unfit(`Query condition missed key schema element: ${key}`);
  if (other !== undefined && sortKey === undefined) throw unfit('Query key condition not supported');
  if (other !== undefined && other.name !== sortKey)
    throw unfit(`Query condition missed key schema element: ${sortKey}`);
  if (!partition.isEquality) throw unfit('Query key condition not supported');
  for (const {name, values} of parts) {
    for (const value of values) {
      if (!('S' in value))
        throw unfit(
          'One or more parameter values were invalid: Condition parameter type does not match schema type',
        );
      checkKeyValue(name, value.S, name === key ? 'partition' : 'sort');
    }
  }
  return {
    partition: (partition.values[0] as {readonly S: string}).S,
    holds: value => other === undefined || other.holds(value),
  };
}

function conjunction(tokens: Tokens): readonly Part[] {
  const parts = [...term(tokens)];
  while (tokens.take('AND')) parts.push(...term(tokens));
  if (tokens.take('OR')) throw invalidOperator('OR');
  return parts;
}

function term(tokens: Tokens): readonly Part[] {
  if (tokens.take('NOT')) throw invalidOperator('NOT');
  if (tokens.take('(')) {
    const parts = conjunction(tokens);
    tokens.expect(')');
    return parts;
  }
  for (const name of ['attribute_exists', 'attribute_not_exists'])
    if (tokens.take(name)) throw invalidOperator(name);
  return [tokens.take('begins_with') ? beginning(tokens) : comparison(tokens)];
}

function beginning(tokens: Tokens): Part {
  tokens.expect('(');
  const name = parseAttribute(tokens);
  tokens.expect(',');
  const start = valueIn(tokens);
  tokens.expect(')');
  if (!('S' in start))
    throw tokens.invalid(
      'Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    );
  return {name, isEquality: false, values: [start], holds: key => beginsWith(key, start)};
}

function comparison(tokens: Tokens): Part {
  const name = parseAttribute(tokens);
  if (tokens.take('BETWEEN')) {
    const least = valueIn(tokens);
    tokens.expect('AND');
    const most = valueIn(tokens);
    if ((difference(least, most) ?? 1) > 0)
      throw tokens.invalid(
        'The BETWEEN operator requires upper bound to be greater than or equal to lower bound',
      );
    const holds = (key: Value) => difference(key, least)! >= 0 && difference(key, most)! <= 0;
    return {name, isEquality: false, values: [least, most], holds};
  }
  const {symbol, holds} = parseComparator(tokens);
  if (symbol === '<>') throw invalidOperator(symbol);
  const value = valueIn(tokens);
  return {name, isEquality: symbol === '=', values: [value], holds: key => holds(difference(key, value)!)};
}

function valueIn(tokens: Tokens): Value {
  const word = tokens.next();
  if (!word.startsWith(':')) throw tokens.unexpected();
  return tokens.substitutes.valueOf(word);
}

const invalidOperator = (operator: string): Error =>
  unfit(`Invalid operator used in KeyConditionExpression: ${operator}`);
