// The JSON properties that x-mq-* fields stand for. What they mean is message.ts's business.

import type {MqField} from './mq-headers.ts';

/** The properties that fields set by names of their own; any other name sets the property of that name. */
const paths: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['smarthost-hostname', ['smarthost', 'hostname']],
  ['smarthost-port', ['smarthost', 'port']],
  ['smarthost-username', ['smarthost', 'username']],
  ['smarthost-password', ['smarthost', 'password']],
  ['smarthost-security', ['smarthost', 'security']],
  ['results-queue', ['queues', 'results']],
  ['failure-queue', ['queues', 'failure']],
  ['success-queue', ['queues', 'success']],
  ['retry-queue', ['queues', 'retry']],
  ['dsn-notify', ['dsn', 'notify']],
  ['dsn-ret', ['dsn', 'ret']],
  ['dsn-orcpt', ['dsn', 'orcpt']],
  ['dsn-envid', ['dsn', 'envid']],
]);

/** Fields that may be repeated, and the list that they add to. */
const lists: ReadonlyMap<string, string> = new Map([
  ['tag', 'tags'],
  ['ip', 'ips'],
]);

export interface MqProperties {
  readonly properties: Readonly<Record<string, unknown>>;
  /** Names of fields that were given twice with different values. */
  readonly ambiguous: readonly string[];
}

/**
 * The JSON properties that the fields stand for. A field that says the same thing twice says it once, and an empty
 * one says nothing.
 */
export function propertiesOf(fields: readonly MqField[]): MqProperties {
  const properties = new Map<string, unknown>();
  const ambiguous = new Set<string>();
  for (const {name, value} of fields) {
    if (value === '') continue;
    const list = lists.get(name);
    if (list !== undefined) {
      const held = properties.get(list);
      if (Array.isArray(held)) held.push(value);
      else if (held === undefined) properties.set(list, [value]);
      else ambiguous.add(`x-mq-${name}`);
      continue;
    }
    const [property, member] = paths.get(name) ?? [name];
    const held = properties.get(property);
    if (member === undefined) {
      if (held !== undefined && held !== value) ambiguous.add(`x-mq-${name}`);
      properties.set(property, value);
      continue;
    }
    const members = typeof held === 'object' ? (held as Record<string, unknown>) : {};
    if (typeof held === 'string' || (members[member] ?? value) !== value) ambiguous.add(`x-mq-${name}`);
    properties.set(property, {...members, [member]: value});
  }
  return {properties: Object.fromEntries(properties), ambiguous: [...ambiguous]};
}
