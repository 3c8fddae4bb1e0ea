// Update expressions (Amazon DynamoDB Developer Guide, "Update expressions"): SET to an operand, or to the sum or the
// difference of two. New values are computed from the item as it was before.

import {unfit} from './errors.ts';
import {sum} from './item.ts';
import {type Operand, parseAttribute, parseOperand} from './operand.ts';
import type {Tokens} from './tokens.ts';
import type {Item, Value} from './value.ts';

export interface Assignment {
  readonly name: string;
  readonly valueOf: (before: Item) => Value;
}

export function parseUpdate(tokens: Tokens): readonly Assignment[] {
  tokens.expect('SET');
  const assignments: Assignment[] = [];
  do {
    const name = parseAttribute(tokens);
    tokens.expect('=');
    assignments.push({name, valueOf: parseSum(tokens)});
  } while (tokens.take(','));
  tokens.end();
  const names = assignments.map(each => each.name);
  if (new Set(names).size < names.length)
    throw unfit('Invalid UpdateExpression: Two document paths overlap with each other');
  return assignments;
}

function parseSum(tokens: Tokens): Assignment['valueOf'] {
  const left = parseOperand(tokens);
  const sign = tokens.take('+') ? 1 : tokens.take('-') ? -1 : undefined;
  if (sign === undefined) return item => present(left, item);
  const right = parseOperand(tokens);
  return item => sum(present(left, item), present(right, item), sign);
}

function present(operand: Operand, item: Item): Value {
  const value = operand(item);
  if (value === undefined)
    throw unfit('The provided expression refers to an attribute that does not exist in the item');
  return value;
}
