// Reads items and values, and computes with values.

import {isJsonObject} from '../json.ts';
import {unfit} from './errors.ts';
import type {Item, Value} from './value.ts';

export function parseValue(value: unknown): Value {
  const entries = isJsonObject(value) ? Object.entries(value) : [];
  const [[type, content] = []] = entries;
  if (entries.length !== 1)
    throw unfit('Supplied AttributeValue must contain exactly one of the supported datatypes');
  if (type === 'S' && typeof content === 'string') return {S: content};
  if (type === 'N' && typeof content === 'string') return {N: numberText(content)};
  throw unfit(`The local DynamoDB knows the types S and N, not ${type}`);
}

export function parseItem(value: unknown): Item {
  if (!isJsonObject(value)) throw unfit('Expected a map of attribute values');
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, parseValue(each)]));
}

/** DynamoDB computes with 38 decimal digits. What a double cannot hold is refused here. */
function numberText(text: string): string {
  const number = Number(text);
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) || !Number.isFinite(number))
    throw unfit(`A value provided cannot be converted into a number: ${text}`);
  if (text.replace(/\D/g, '').length > 17) throw unfit(`The local DynamoDB cannot hold ${text} exactly`);
  return String(number);
}

/** Adds as decimal numbers are added: with as many decimals as the operands have. */
export function sum(a: Value, b: Value, sign: 1 | -1): Value {
  if (!('N' in a) || !('N' in b))
    throw unfit('An operand in the update expression has an incorrect data type');
  const decimals = Math.max(...[a.N, b.N].map(text => text.split('.')[1]?.length ?? 0));
  return {N: String(Number((Number(a.N) + sign * Number(b.N)).toFixed(decimals)))};
}

/** Undefined for values of different types: no comparison of them holds. */
export function difference(a: Value, b: Value): number | undefined {
  if ('N' in a && 'N' in b) return Number(a.N) - Number(b.N);
  if ('S' in a && 'S' in b) return Buffer.compare(Buffer.from(a.S), Buffer.from(b.S));
  return undefined;
}

export const beginsWith = (value: Value, start: Value): boolean =>
  'S' in value && 'S' in start && value.S.startsWith(start.S);

const maximumItemOctets = 400 * 1024;

/** "An item size is the sum of the lengths of its attribute names and values (UTF-8 binary lengths)" (item sizes). */
export function octetsOf(item: Item): number {
  return Object.entries(item).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + sizeOf(value),
    0,
  );
}

/** "The size of a number is approximately … (1 byte per two significant digits) + (1 byte)." */
const sizeOf = (value: Value): number =>
  'S' in value ? Buffer.byteLength(value.S) : Math.ceil(value.N.replace(/\D/g, '').length / 2) + 1;

/** @param what the item that is too large, in DynamoDB's words */
export function checkSize(item: Item, what: 'Item size' | 'Item size to update'): void {
  if (octetsOf(item) > maximumItemOctets) throw unfit(`${what} has exceeded the maximum allowed size`);
}
