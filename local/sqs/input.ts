// Reading a request's parameters: they are what their shapes say they are, or the request is malformed. Which
// values are allowed is checked where they are used.

import {isJsonObject} from '../../shared/json.ts';
import {malformed} from '../json-protocol.ts';
import {missingParameter, unsupportedOperation} from './errors.ts';
import type {MessageAttribute} from './message.ts';

export type Input = Readonly<Record<string, unknown>>;

/** In the wording of AWS's deserialiser. */
function kindOf(value: unknown): string {
  if (typeof value === 'string') return 'STRING_VALUE';
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE';
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE';
  return Array.isArray(value) ? 'START_ARRAY' : 'START_OBJECT';
}

const unfit = (value: unknown, shape: string) =>
  malformed(`${kindOf(value)} can not be converted to ${shape}`);

/** Null is as good as absent (smithy.io, "AWS JSON 1.0 protocol"). */
const isAbsent = (value: unknown): value is undefined | null => value === undefined || value === null;

export function optionalString(input: Input, name: string): string | undefined {
  const value = input[name];
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'string') throw unfit(value, 'a String');
  return value;
}

export function requiredString(input: Input, name: string): string {
  const value = optionalString(input, name);
  if (value === undefined || value === '') throw missingParameter(name);
  return value;
}

export function optionalInteger(input: Input, name: string): number | undefined {
  const value = input[name];
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value)) throw unfit(value, 'an Integer');
  return value;
}

export function requiredInteger(input: Input, name: string): number {
  const value = optionalInteger(input, name);
  if (value === undefined) throw missingParameter(name);
  return value;
}

export function strings(input: Input, name: string): readonly string[] {
  const value = input[name] ?? [];
  if (!Array.isArray(value)) throw unfit(value, 'a List');
  return value.map((each: unknown) => {
    if (typeof each !== 'string') throw unfit(each, 'a String');
    return each;
  });
}

export function objects(input: Input, name: string): readonly Input[] {
  const value = input[name] ?? [];
  if (!Array.isArray(value)) throw unfit(value, 'a List');
  return value.map((each: unknown) => {
    if (!isJsonObject(each)) throw unfit(each, 'a Structure');
    return each;
  });
}

export function stringMap(input: Input, name: string): Record<string, string> {
  const value = input[name] ?? {};
  if (!isJsonObject(value)) throw unfit(value, 'a Map');
  const entries = Object.entries(value).map(([key, each]) => {
    if (typeof each !== 'string') throw unfit(each, 'a String');
    return [key, each] as const;
  });
  return Object.fromEntries(entries);
}

export function messageAttributes(input: Input, name: string): Record<string, MessageAttribute> {
  const value = input[name] ?? {};
  if (!isJsonObject(value)) throw unfit(value, 'a Map');
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, messageAttributeOf(each)]));
}

function messageAttributeOf(value: unknown): MessageAttribute {
  if (!isJsonObject(value)) throw unfit(value, 'a Structure');
  // "StringListValues: Not implemented. Reserved for future use" (API Reference, MessageAttributeValue).
  if (isFilledList(value.StringListValues) || isFilledList(value.BinaryListValues)) {
    throw unsupportedOperation('Message attribute list values in SendMessage operation are not supported.');
  }
  const text = optionalString(value, 'StringValue');
  const binary = optionalString(value, 'BinaryValue');
  return {
    DataType: optionalString(value, 'DataType') ?? '',
    ...(text === undefined ? {} : {StringValue: text}),
    ...(binary === undefined ? {} : {BinaryValue: binary}),
  };
}

const isFilledList = (value: unknown): boolean => Array.isArray(value) && value.length > 0;
