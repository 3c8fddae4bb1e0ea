// The x-mq-* fields of a message's text beside its JSON properties: which of them count, and what is wrong with them.

import {isJsonObject, type Json, type JsonObject} from '../json.ts';
import {type MqHeadersRule, type NearField, readMqHeaders, withoutMqHeaders} from './mq-headers.ts';
import {propertiesOf} from './mq-properties.ts';

export interface Merged {
  /** `mime` has no x-mq-* fields any more. */
  readonly properties: JsonObject;
  /** What is wrong with the text. */
  readonly problems: readonly string[];
}

/** No field makes a message look like a result, nor says what is to be done with fields, nor is the text. */
const never = ['fate', 'mq-headers', 'mime'];

/** Names are a stranger's: as long as they like. */
const longestName = 60;
const shown = (name: string): string => `x-mq-${name}`.slice(0, longestName);

/** JSON wins over headers, property by property, null included; a smarthost in JSON wins whole, for it is a unit. */
export function mergeHeaders(object: JsonObject, rule: MqHeadersRule): Merged {
  if (typeof object.mime !== 'string') return {properties: object, problems: []};
  if (rule === 'stripped')
    return {properties: {...object, mime: withoutMqHeaders(object.mime)}, problems: []};
  const {mime, fields, near} = readMqHeaders(object.mime);
  if (rule === 'refused') {
    const names = new Set([...fields.map(({name}) => shown(name)), ...near.map(({name}) => name)]);
    const problems = [...names].map(name => `has ${name}, and such fields are refused`);
    return {properties: {...object, mime}, problems};
  }
  const fromHeaders = propertiesOf(fields);
  const merged = new Map<string, Json>(
    Object.entries(fromHeaders.properties as JsonObject).filter(([name]) => !never.includes(name)),
  );
  for (const [name, value] of Object.entries(object)) {
    const header = merged.get(name);
    const mergeable = (name === 'queues' || name === 'dsn') && isJsonObject(header) && isJsonObject(value);
    merged.set(name, mergeable ? {...header, ...value} : value);
  }
  merged.set('mime', mime);
  const problems = [
    ...near.map(problemOfNear),
    ...fields
      .filter(({bareCr}) => bareCr)
      .map(({name}) => `has a line that ends in a CR alone after ${shown(name)}: end it in CRLF or LF`),
    ...fields
      .filter(({undecodable}) => undecodable)
      .map(({name}) => `has an encoded word in ${shown(name)} that cannot be decoded`),
    ...fromHeaders.ambiguous.map(
      name => `has ${name.slice(0, longestName)} more than once, with different values`,
    ),
  ];
  return {properties: Object.fromEntries(merged), problems};
}

const problemOfNear = ({line, name, beyondHeader}: NearField): string =>
  beyondHeader
    ? `has ${name} in line ${line}, where the header section is over: it would be sent`
    : `has what looks like ${name} in line ${line} and is no such field: it would be sent`;
