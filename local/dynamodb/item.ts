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
