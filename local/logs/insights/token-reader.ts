// Reads the tokens of a query one after the other, and says what stands where something else should.

import {MalformedQuery, type Place} from './malformed-query.ts';
import {type Token, tokensOf} from './tokens.ts';

/** Deeper conditions are refused, before the stack is used up. */
const maximumDepth = 100;
/** Of all regular expressions of a query together: compiling them takes time. */
const maximumRegexLength = 1000;

export class TokenReader {
  readonly #query: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;
  #regexLength = 0;

  /** @throws MalformedQuery, as all others do */
  constructor(query: string) {
    this.#query = query;
    this.#tokens = tokensOf(query);
  }

  get next(): Token {
    return this.#tokens[this.#at]!;
  }

  take(): Token {
    const token = this.next;
    if (token.kind !== 'end') this.#at += 1;
    return token;
  }

  isNext(text: string, ahead = 0): boolean {
    const token = this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
    return (token.kind === 'word' || token.kind === 'symbol') && token.text.toLowerCase() === text;
  }

  /** Whether one of these came next. Then it is taken. */
  accept(text: string): boolean {
    const isNext = this.isNext(text);
    if (isNext) this.take();
    return isNext;
  }

  expect(text: string): Token {
    if (!this.isNext(text)) throw this.unexpected(`"${text}"`);
    return this.take();
  }

  expectKind(kind: Token['kind'], what: string): Token {
    if (this.next.kind !== kind) throw this.unexpected(what);
    return this.take();
  }

  regex(): Token {
    const token = this.expectKind('regex', 'a regular expression');
    this.#regexLength += token.text.length;
    if (this.#regexLength > maximumRegexLength)
      throw new MalformedQuery(
        `the regular expressions of a query have more than ${maximumRegexLength} characters`,
        token,
      );
    return token;
  }

  /** One or more of them, with commas in between. */
  list<T>(read: () => T): readonly T[] {
    const items = [read()];
    while (this.accept(',')) items.push(read());
    return items;
  }

  nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > maximumDepth)
      throw new MalformedQuery(`conditions are nested more than ${maximumDepth} deep`, this.next);
    const value = read();
    this.#depth -= 1;
    return value;
  }

  /** The text from a place to the last token that was taken. */
  textSince({start}: Place): string {
    return this.#query.slice(start, this.#tokens[Math.max(this.#at - 1, 0)]!.end);
  }

  unexpected(wanted: string): MalformedQuery {
    const {kind, text} = this.next;
    const found = kind === 'end' ? 'the end of the query' : JSON.stringify(text.slice(0, 100));
    return new MalformedQuery(`expected ${wanted}, found ${found}`, this.next);
  }
}
