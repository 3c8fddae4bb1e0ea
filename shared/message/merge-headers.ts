// The x-mq-* fields of a message's text beside its JSON properties: which of them count, and what is wrong with them.

import {isJsonObject, type JsonObject, omit} from '../json.ts';
import {type MqHeadersRule, type NearField, readMqHeaders, withoutMqHeaders} from './mq-headers.ts';
import {propertiesOf} from './mq-properties.ts';

/** No field sets these: it makes no message look like a result, does not rule the fields, and is not the text. */
const never = ['fate', 'mq-headers', 'mime'];

/** A name of a stranger's may be as long as the text. */
const longestName = 60;
const shown = (name: string): string => `x-mq-${name}`.slice(0, longestName);

/** JSON wins over fields, property by property, null included. A smarthost in JSON wins whole, for it is a unit. */
export function mergeHeaders(
  object: JsonObject,
  rule: MqHeadersRule,
): {readonly properties: JsonObject; readonly problems: readonly string[]} {
  if (typeof object.mime !== 'string') return {properties: object, problems: []};
  if (rule === 'stripped')
    return {properties: {...object, mime: withoutMqHeaders(object.mime)}, problems: []};
  const {mime, fields, near} = readMqHeaders(object.mime);
  if (rule === 'refused') {
    const names = new Set([...fields.map(({name}) => shown(name)), ...near.map(({name}) => name)]);
    const problems = [...names].map(name => `has ${name}, and such fields are refused`);
    return {properties: {...object, mime}, problems};
  }
  const {properties, ambiguous} = propertiesOf(fields);
  const merged = new Map(Object.entries(omit(properties, never)));
  for (const [name, value] of Object.entries(object)) {
    const ofField = merged.get(name);
    const isShared = (name === 'queues' || name === 'dsn') && isJsonObject(ofField) && isJsonObject(value);
    merged.set(name, isShared ? {...ofField, ...value} : value);
  }
  merged.set('mime', mime);
  const problems = [
    ...near.map(problemOfNear),
    ...fields.flatMap(({bareCr, name}) =>
      bareCr ? `has a line that ends in a CR alone after ${shown(name)}: end it in CRLF or LF` : [],
    ),
    ...fields.flatMap(({undecodable, name}) =>
      undecodable ? `has an encoded word in ${shown(name)} that cannot be decoded` : [],
    ),
    ...ambiguous.map(name => `has ${name.slice(0, longestName)} more than once, with different values`),
  ];
  return {properties: Object.fromEntries(merged), problems};
}

const problemOfNear = ({line, name, beyondHeader}: NearField): string =>
  beyondHeader
    ? `has ${name} in line ${line}, where the header section is over: it would be sent`
    : `has what looks like ${name} in line ${line} and is no such field: it would be sent`;
