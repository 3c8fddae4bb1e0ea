// The JSON properties that x-mq-* fields stand for. What the properties mean, the schema of messages says.

import {isJsonObject, type Json} from '../json.ts';
import {resultKinds} from '../names.ts';
import type {MqField} from './mq-headers.ts';
import {smarthostMembers} from './smarthost-names.ts';

/** Fields that set a member of a property. Any other field sets the property of its own name. */
const paths = new Map<string, readonly [string, string]>([
  ...smarthostMembers.map(member => [`smarthost-${member}`, ['smarthost', member]] as const),
  ...resultKinds.map(kind => [`${kind}-queue`, ['queues', kind]] as const),
  ...['notify', 'ret', 'orcpt', 'envid'].map(member => [`dsn-${member}`, ['dsn', member]] as const),
]);

/** Fields that may be repeated, and the list that they add to. */
const lists: ReadonlyMap<string, string> = new Map([
  ['tag', 'tags'],
  ['ip', 'ips'],
]);

/** An empty field says nothing. A field, as `x-mq-key`, that has different values is ambiguous. */
export function propertiesOf(fields: readonly MqField[]) {
  const properties = new Map<string, Json>();
  const ambiguous = new Set<string>();
  for (const {name, value} of fields) {
    if (value === '') continue;
    const list = lists.get(name);
    const [property, member] = list === undefined ? (paths.get(name) ?? [name]) : [list];
    const held = properties.get(property);
    if (list !== undefined) {
      if (Array.isArray(held)) held.push(value);
      else if (held === undefined) properties.set(list, [value]);
      else ambiguous.add(name);
    } else if (member === undefined) {
      if (held !== undefined && held !== value) ambiguous.add(name);
      properties.set(property, value);
    } else {
      const members = isJsonObject(held) ? held : {};
      if (typeof held === 'string' || (members[member] ?? value) !== value) ambiguous.add(name);
      properties.set(property, {...members, [member]: value});
    }
  }
  return {properties: Object.fromEntries(properties), ambiguous: [...ambiguous].map(name => `x-mq-${name}`)};
}
