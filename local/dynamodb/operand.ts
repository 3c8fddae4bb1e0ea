// An operand of an expression: an attribute, by its name or by a substitute for the name, or a value.

import {reservedWords} from './reserved-words.ts';
import type {Tokens} from './tokens.ts';
import type {Item, Value} from './value.ts';

/** Undefined for an attribute that the item does not have. */
export type Operand = (item: Item) => Value | undefined;

export function parseOperand(tokens: Tokens): Operand {
  const word = tokens.next();
  if (word.startsWith(':')) {
    const value = tokens.substitutes.valueOf(word);
    return () => value;
  }
  const name = attributeName(word, tokens);
  return item => item[name];
}

export const parseAttribute = (tokens: Tokens): string => attributeName(tokens.next(), tokens);

function attributeName(word: string, tokens: Tokens): string {
  if (word.startsWith('#')) return tokens.substitutes.nameOf(word);
  if (reservedWords.has(word.toUpperCase()))
    throw tokens.invalid(`Attribute name is a reserved keyword; reserved keyword: ${word}`);
  if (/^[a-z_]\w*$/i.test(word)) return word;
  throw tokens.unexpected();
}
