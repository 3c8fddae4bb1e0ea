// What `#name` and `:value` stand for in a request's expressions. Each substitute that is used must be defined, and each
// that is defined must be used ("Expression attribute names and values").

import type {Input} from '../endpoint/input.ts';
import {isJsonObject} from '../json.ts';
import {unfit} from './errors.ts';
import {parseValue} from './item.ts';
import type {Value} from './value.ts';

export class Substitutes {
  readonly #names: Readonly<Record<string, unknown>>;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #used = new Set<string>();

  constructor(input: Input) {
    this.#names = mapIn(input, 'ExpressionAttributeNames');
    this.#values = mapIn(input, 'ExpressionAttributeValues');
  }

  nameOf(word: string): string {
    this.#used.add(word);
    const name = this.#names[word];
    if (typeof name === 'string') return name;
    throw unfit(
      `An expression attribute name used in the document path is not defined; attribute name: ${word}`,
    );
  }

  valueOf(word: string): Value {
    this.#used.add(word);
    if (Object.hasOwn(this.#values, word)) return parseValue(this.#values[word]);
    throw unfit(`An expression attribute value used in expression is not defined; attribute value: ${word}`);
  }

  /**
   * @param hasExpressions whether the request has any
   * @throws AwsError with the substitutes that none used
   */
  finish(hasExpressions: boolean): void {
    for (const [name, all] of [
      ['ExpressionAttributeNames', this.#names],
      ['ExpressionAttributeValues', this.#values],
    ] as const) {
      const unused = Object.keys(all).filter(word => !this.#used.has(word));
      if (unused.length === 0) continue;
      if (!hasExpressions) throw unfit(`${name} can only be specified when using expressions`);
      throw unfit(`Value provided in ${name} unused in expressions: keys: {${unused.join(', ')}}`);
    }
  }
}

function mapIn(input: Input, name: string): Readonly<Record<string, unknown>> {
  const map = input[name] ?? undefined;
  if (map === undefined) return {};
  if (!isJsonObject(map) || Object.keys(map).length === 0) throw unfit(`${name} must not be empty`);
  return map;
}
