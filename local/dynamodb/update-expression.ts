// Update expressions (Amazon DynamoDB Developer Guide, "Update expressions"): SET to an operand, or to the sum or the
// difference of two, and REMOVE. An operand may be if_not_exists. New values are computed from the item as it was before.

import {unfit} from './errors.ts';
import {sum} from './item.ts';
import {type Operand, parseAttribute, parseOperand} from './operand.ts';
import type {Tokens} from './tokens.ts';
import type {Item, Value} from './value.ts';

export interface Assignment {
  readonly name: string;
  /** Undefined for an attribute that is removed. */
  readonly valueOf: (before: Item) => Value | undefined;
}

const clauses: Readonly<Record<string, (tokens: Tokens) => Assignment>> = {
  SET(tokens) {
    const name = parseAttribute(tokens);
    tokens.expect('=');
    return {name, valueOf: parseSum(tokens)};
  },
  REMOVE: tokens => ({name: parseAttribute(tokens), valueOf: () => undefined}),
};

export function parseUpdate(tokens: Tokens): readonly Assignment[] {
  const assignments: Assignment[] = [];
  const seen = new Set<string>();
  do {
    const clause = Object.keys(clauses).find(each => tokens.take(each));
    if (clause === undefined) throw tokens.unexpected();
    if (seen.has(clause))
      throw tokens.invalid(`The "${clause}" section can only be used once in an update expression;`);
    seen.add(clause);
    do assignments.push(clauses[clause]!(tokens));
    while (tokens.take(','));
  } while (!tokens.atEnd);
  const names = assignments.map(each => each.name);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    throw tokens.invalid(
      `Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [${twice}], path two: [${twice}]`,
    );
  return assignments;
}

/** The item after the update. */
export function updated(before: Item, assignments: readonly Assignment[]): Item {
  const changes = assignments.map(each => [each.name, each.valueOf(before)] as const);
  const gone = new Set(changes.filter(([, value]) => value === undefined).map(([name]) => name));
  const kept = Object.entries(before).filter(([name]) => !gone.has(name));
  return Object.fromEntries([...kept, ...changes.filter(([name]) => !gone.has(name))]) as Item;
}

function parseSum(tokens: Tokens): Assignment['valueOf'] {
  const left = parseSetOperand(tokens);
  const sign = tokens.take('+') ? 1 : tokens.take('-') ? -1 : undefined;
  if (sign === undefined) return item => present(left, item);
  const right = parseSetOperand(tokens);
  return item => sum(present(left, item), present(right, item), sign);
}

/** "If the item does not contain an attribute at the specified path, then if_not_exists evaluates to value" (same page). */
function parseSetOperand(tokens: Tokens): Operand {
  if (!tokens.takeFunction('if_not_exists')) return parseOperand(tokens);
  const name = parseAttribute(tokens);
  tokens.expect(',');
  const otherwise = parseSetOperand(tokens);
  tokens.expect(')');
  return item => item[name] ?? otherwise(item);
}

function present(operand: Operand, item: Item): Value {
  const value = operand(item);
  if (value === undefined)
    throw unfit('The provided expression refers to an attribute that does not exist in the item');
  return value;
}
