// Reads what only SQS's requests have: required parameters and message attributes. Values are checked where they are used.

import {type Input, mistyped, optionalInteger, optionalString} from '../endpoint/input.ts';
import {isJsonObject} from '../json.ts';
import {missingParameter, unsupportedOperation} from './errors.ts';
import type {MessageAttribute} from './message.ts';

export function requiredString(input: Input, name: string): string {
  const value = optionalString(input, name);
  if (value === undefined || value === '') throw missingParameter(name);
  return value;
}

export function requiredInteger(input: Input, name: string): number {
  const value = optionalInteger(input, name);
  if (value === undefined) throw missingParameter(name);
  return value;
}

export function messageAttributes(input: Input, name: string): Record<string, MessageAttribute> {
  const value = input[name] ?? {};
  if (!isJsonObject(value)) throw mistyped(value, 'a Map');
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, messageAttributeOf(each)]));
}

function messageAttributeOf(value: unknown): MessageAttribute {
  if (!isJsonObject(value)) throw mistyped(value, 'a Structure');
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
