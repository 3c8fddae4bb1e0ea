// The values of JSON, as types; and JSON text, read without changing a number in it.

// Of the proposal "JSON.parse source text access", which V8 has; the type library does not know it yet.
declare global {
  interface JSON {
    rawJSON(text: string): object;
    isRawJSON(value: unknown): boolean;
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: {readonly source?: string}) => unknown,
    ): unknown;
  }
}

/** A number may be an object of JSON.rawJSON: one that JavaScript's numbers cannot write again as it was. */
export type Json = null | boolean | number | string | readonly Json[] | {readonly [key: string]: Json};
export type JsonObject = {readonly [key: string]: Json};

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value);

/**
 * Numbers that would not be written again as they were (beyond 2^53, 1.10, 1e400) become objects of JSON.rawJSON:
 * whoever only carries them through does not change them. @throws SyntaxError
 */
export const parseJson = (text: string): Json =>
  surveyOf(text).exact
    ? JSON.parse(text)
    : (JSON.parse(text, (_, value, {source}) =>
        typeof value === 'number' && source !== undefined && String(value) !== source
          ? JSON.rawJSON(source)
          : value,
      ) as Json);

/** With every number as JavaScript's, rounded where need be. */
export function plainNumbers(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(plainNumbers);
  if (!isJsonObject(value)) return Number(JSON.stringify(value));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, plainNumbers(member)]));
}

/**
 * How deep a text is nested, and whether JavaScript's numbers can hold all of its: without recursion, before anything
 * else is done with it. Of text that is not JSON it says something or other.
 */
export function surveyOf(text: string): {readonly depth: number; readonly exact: boolean} {
  let depth = 0;
  let deepest = 0;
  let exact = true;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) at = endOfString(text, at);
    else if (code === 0x5b || code === 0x7b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x5d || code === 0x7d) depth--;
    else if (ofNumber.has(code)) {
      const start = at;
      while (ofNumber.has(text.charCodeAt(at + 1))) at++;
      const number = text.slice(start, at + 1);
      exact &&= number === 'e' || String(Number(number)) === number;
    }
  }
  return {depth: deepest, exact};
}

/** Digits, sign, point and exponent; and a letter of `true` and `false`. */
const ofNumber = new Set(Buffer.from('0123456789-.+eE'));
const quote = 0x22;

/** The position of the quote that ends the string which begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

export const omit = (object: JsonObject, names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

/** What a text takes up in a queue: UTF-8 octets. */
export const octetsOf = (text: string): number => Buffer.byteLength(text, 'utf8');

/**
 * JSON text that SQS takes as a message body: U+FFFE and U+FFFF, which it refuses (SendMessage,
 * MessageBody), are written as escapes. JSON.stringify does so for controls and unpaired surrogates.
 */
export const bodyOf = (value: unknown): string =>
  JSON.stringify(value).replace(/[\ufffe\uffff]/g, character => `\\u${character.charCodeAt(0).toString(16)}`);
