// The words of an expression, one after the other, and what `#name` and `:value` stand for. Each substitute that is used
// must be defined, and each that is defined must be used ("Expression attribute names and values").

import type {Input} from '../endpoint/input.ts';
import {isJsonObject} from '../json.ts';
import {unfit} from './errors.ts';
import {parseValue} from './item.ts';
import type {Value} from './value.ts';

const words = /\s*(#\w+|:\w+|\w+|<>|<=|>=|[=<>(),+-])/y;

/** What an expression may refer to. */
export class Substitutes {
  readonly #names: Readonly<Record<string, unknown>>;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #used = new Set<string>();

  constructor({ExpressionAttributeNames: names, ExpressionAttributeValues: values}: Input) {
    this.#names = isJsonObject(names) ? names : {};
    this.#values = isJsonObject(values) ? values : {};
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

  /** @throws AwsError with the names that no expression used */
  finish(): void {
    for (const [kind, all] of [
      ['Names', this.#names],
      ['Values', this.#values],
    ] as const) {
      const unused = Object.keys(all).filter(word => !this.#used.has(word));
      if (unused.length > 0)
        throw unfit(
          `Value provided in ExpressionAttribute${kind} unused in expressions: keys: {${unused.join(', ')}}`,
        );
    }
  }
}

export class Tokens {
  readonly substitutes: Substitutes;
  readonly #words: readonly string[];
  readonly #kind: string;
  #at = 0;

  /** @param kind how DynamoDB names the expression in errors: `UpdateExpression` */
  constructor(kind: string, expression: string, substitutes: Substitutes) {
    this.#kind = kind;
    this.substitutes = substitutes;
    const found: string[] = [];
    words.lastIndex = 0;
    let end = 0;
    for (let match = words.exec(expression); match !== null; match = words.exec(expression)) {
      found.push(match[1]!);
      end = words.lastIndex;
    }
    this.#words = found;
    const rest = expression.slice(end).trim();
    if (rest !== '' || found.length === 0) throw this.#syntaxError(rest);
  }

  /** Takes the next word if it is this one, in upper or lower case. */
  take(word: string): boolean {
    if (this.#words[this.#at]?.toUpperCase() !== word.toUpperCase()) return false;
    this.#at += 1;
    return true;
  }

  expect(word: string): void {
    if (!this.take(word)) throw this.unexpected();
  }

  next(): string {
    const word = this.#words[this.#at];
    if (word === undefined) throw this.unexpected();
    this.#at += 1;
    return word;
  }

  end(): void {
    if (this.#at < this.#words.length) throw this.unexpected();
  }

  unexpected(): Error {
    return this.#syntaxError(this.#words[this.#at] ?? '<EOF>');
  }

  #syntaxError(token: string): Error {
    return unfit(`Invalid ${this.#kind}: Syntax error; token: "${token}"`);
  }
}
