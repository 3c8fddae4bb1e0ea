// The x-mq-* header fields of a MIME text: taken out, and read as the JSON properties they stand for.
// Every other byte stays as it was. What the properties mean is message.ts's business.

/** One x-mq-* field: its name without the prefix, lower case; its value unfolded and trimmed. */
export interface MqField {
  readonly name: string;
  readonly value: string;
  /** The field's line ends in a CR alone: what comes next may be more of the value, or another line. */
  readonly bareCr?: true;
}

export interface StrippedMime {
  readonly mime: string;
  readonly fields: readonly MqField[];
}

const mqField = /^x-mq-([!-9;-~]+)[ \t]*:(.*)$/is;

/**
 * Takes the x-mq-* fields out of the header section, which ends at the first empty line (RFC 5322 2.1).
 * A field includes its folded lines (2.2.3). Lines end in CRLF, LF or CR, mixed as they come: on the wire they
 * are lines all the same.
 */
export function stripMqHeaders(mime: string): StrippedMime {
  const kept: string[] = [];
  const fields: MqField[] = [];
  let position = 0;
  while (position < mime.length) {
    const end = endOfField(mime, position);
    const field = mime.slice(position, end);
    if (emptyLine.test(field)) break;
    const match = mqField.exec(field);
    if (match) {
      const bareCr = field.endsWith('\r') && {bareCr: true as const};
      fields.push({name: match[1]!.toLowerCase(), value: unfold(match[2]!), ...bareCr});
    } else kept.push(field);
    position = end;
  }
  return fields.length === 0 ? {mime, fields} : {mime: kept.join('') + mime.slice(position), fields};
}

const emptyLine = /^(?:\r\n|\n|\r)$/;

/** The position behind the field that begins at `start`: behind its last folded line. */
function endOfField(mime: string, start: number): number {
  const lineEnd = /\r\n|\n|\r/g;
  lineEnd.lastIndex = start;
  for (;;) {
    const match = lineEnd.exec(mime);
    if (match === null) return mime.length;
    // An empty line is a field of its own here, never the head of a fold.
    if (match.index === start || !/[ \t]/.test(mime[lineEnd.lastIndex] ?? '')) return lineEnd.lastIndex;
    start = lineEnd.lastIndex;
  }
}

const unfold = (value: string): string => value.replace(/(?:\r\n|\n|\r)(?=[ \t])/g, '').trim();

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

/** Names of fields whose end is in doubt: taken at its word, the rest of a password would be sent as text. */
export const unendedOf = (fields: readonly MqField[]): readonly string[] =>
  fields.filter(({bareCr}) => bareCr).map(({name}) => `x-mq-${name}`);

/** The JSON properties that the fields stand for. A field that says the same thing twice says it once. */
export function propertiesOf(fields: readonly MqField[]): MqProperties {
  const properties = new Map<string, unknown>();
  const ambiguous = new Set<string>();
  for (const {name, value} of fields) {
    const list = lists.get(name);
    if (list !== undefined) {
      const held = properties.get(list) ?? [];
      if (Array.isArray(held)) properties.set(list, [...held, value]);
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
