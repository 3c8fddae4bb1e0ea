// Message attributes: their rules, their checksum, and which of them a receive asked for ("Amazon SQS message
// metadata", Amazon SQS Developer Guide).

import {createHash} from 'node:crypto';
import {invalidMessageContents, invalidParameter} from './errors.ts';
import type {MessageAttribute} from './message.ts';

export type MessageAttributes = Readonly<Record<string, MessageAttribute>>;

/** "Each message can have up to 10 attributes." */
const mostAttributes = 10;
/** "The name can be up to 256 characters long"; a type is bound in the same way. */
const longestName = 256;

/** #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF (API Reference, SendMessage). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that may not occur
const forbiddenCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

export const hasForbiddenCharacter = (text: string): boolean => forbiddenCharacter.test(text);

export function checkMessageAttributes(attributes: MessageAttributes): void {
  const names = Object.keys(attributes);
  if (names.length > mostAttributes) {
    throw invalidParameter(
      `Number of message attributes [${names.length}] exceeds the allowed maximum [${mostAttributes}].`,
    );
  }
  for (const [name, attribute] of Object.entries(attributes)) {
    checkName(name);
    checkValue(name, attribute);
  }
}

/**
 * "A–Z, a–z, 0–9, underscore (_), hyphen (-), and period (.)", without a period at either end or two in a row, and
 * without the prefixes that AWS keeps for itself ("Message attribute components").
 */
function checkName(name: string): void {
  if (name.length > longestName) {
    throw invalidParameter(`Message (user) attribute name must be shorter than ${longestName} Bytes`);
  }
  if (!/^[\w.-]+$/.test(name)) {
    throw invalidParameter(
      'Message (user) attributes name can only contain upper and lower score characters, digits, periods, hyphens and underscores.',
    );
  }
  if (/^(aws|amazon)\./i.test(name)) {
    throw invalidParameter(
      "You can't use message attribute names beginning with 'AWS.' or 'Amazon.' These strings are reserved for internal use.",
    );
  }
  if (/^\.|\.$|\.\./.test(name)) {
    throw invalidParameter(
      'You can not use message attribute names that start or end with a period, or have successive periods.',
    );
  }
}

function checkValue(name: string, {DataType, StringValue, BinaryValue}: MessageAttribute): void {
  const [, type] = /^(String|Number|Binary)(?:\..+)?$/s.exec(DataType) ?? [];
  if (type === undefined || DataType.length > longestName) {
    throw invalidParameter(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    );
  }
  const value = type === 'Binary' ? BinaryValue : StringValue;
  if (value === undefined || value === '') {
    throw invalidParameter(
      `Message (user) attribute '${name}' must contain a non-empty value of type '${type}'.`,
    );
  }
  if (type !== 'Binary' && hasForbiddenCharacter(value)) {
    throw invalidMessageContents(`Invalid characters found in the value of message attribute '${name}'.`);
  }
  if (type === 'Number' && !isNumber(value)) {
    throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
}

/** "Up to 38 digits of precision, and it can be between -10^128 and +10^126" ("Message attribute data types"). */
function isNumber(text: string): boolean {
  const [, digits] = /^[+-]?(\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/.exec(text) ?? [];
  if (digits === undefined) return false;
  const significant = digits.replace('.', '').replace(/^0+/, '').replace(/0+$/, '');
  const value = Number(text);
  return significant.length <= 38 && value >= -1e128 && value <= 1e126;
}

/** What the attributes add to the size of the message: "the name, type, and value" count. */
export function attributesOctets(attributes: MessageAttributes): number {
  let octets = 0;
  for (const [name, {DataType, StringValue, BinaryValue}] of Object.entries(attributes)) {
    octets += Buffer.byteLength(name) + Buffer.byteLength(DataType);
    octets +=
      BinaryValue === undefined
        ? Buffer.byteLength(StringValue ?? '')
        : Buffer.byteLength(BinaryValue, 'base64');
  }
  return octets;
}

export const md5Of = (text: string): string => createHash('md5').update(text).digest('hex');

/**
 * "Calculating the MD5 message digest for message attributes": sorted by name, with each name, type and value after its
 * length in four octets, and each value also after a 1 for a string or a 2 for a binary. Undefined without attributes.
 */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash('md5');
  const add = (octets: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(octets.length);
    hash.update(length).update(octets);
  };
  for (const name of names) {
    const {DataType, StringValue, BinaryValue} = attributes[name] as MessageAttribute;
    add(Buffer.from(name));
    add(Buffer.from(DataType));
    hash.update(Buffer.of(BinaryValue === undefined ? 1 : 2));
    add(BinaryValue === undefined ? Buffer.from(StringValue ?? '') : Buffer.from(BinaryValue, 'base64'));
  }
  return hash.digest('hex');
}

/** `All` or `.*`, a name, or the start of names as `bar.*` (API Reference, ReceiveMessage). */
export function selectAttributes(attributes: MessageAttributes, names: readonly string[]): MessageAttributes {
  if (names.length === 0) return {};
  const wants = (name: string) =>
    names.some(
      each =>
        each === 'All' ||
        each === '.*' ||
        each === name ||
        (each.endsWith('.*') && name.startsWith(each.slice(0, -2))),
    );
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => wants(name)));
}
