// The words of an expression, one after the other.

import {unfit} from './errors.ts';
import type {Substitutes} from './substitutes.ts';

const words = /\s*(#\w+|:\w+|\w+|<>|<=|>=|[=<>(),+-])/y;

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

  /** Takes the name of a function with its parenthesis. Names of functions are case-sensitive. */
  takeFunction(name: string): boolean {
    if (this.#words[this.#at] !== name || this.#words[this.#at + 1] !== '(') return false;
    this.#at += 2;
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

  get atEnd(): boolean {
    return this.#at === this.#words.length;
  }

  end(): void {
    if (!this.atEnd) throw this.unexpected();
  }

  unexpected(): Error {
    return this.#syntaxError(this.#words[this.#at] ?? '<EOF>');
  }

  /** An error that names the expression: `Invalid UpdateExpression: …`. */
  invalid(problem: string): Error {
    return unfit(`Invalid ${this.#kind}: ${problem}`);
  }

  #syntaxError(token: string): Error {
    return this.invalid(`Syntax error; token: "${token}"`);
  }
}
