// The values of JSON, as types.

export type Json = null | boolean | number | string | readonly Json[] | {readonly [key: string]: Json};
export type JsonObject = {readonly [key: string]: Json};

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object without the named properties. */
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
