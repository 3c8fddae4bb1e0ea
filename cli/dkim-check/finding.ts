// What a check finds: something that is good, that is wrong, or that is worth knowing; and what to publish instead.

import {printable, shortened} from '../terminal/printable.ts';

export interface DnsRecord {
  readonly name: string;
  readonly type: 'TXT' | 'PTR' | 'A' | 'AAAA';
  readonly value: string;
}

export interface Finding {
  readonly grade: 'good' | 'bad' | 'hint';
  /** What it is about: a name in the DNS, an address, a field. */
  readonly what: string;
  readonly is: string;
  /** What should be in the DNS. */
  readonly publish?: DnsRecord;
}

export type Subject = 'dkim' | 'spf' | 'dmarc' | 'addresses' | 'unsubscribe';

/** The findings about one thing, with what was seen as data. */
export interface Section {
  readonly subject: Subject;
  readonly findings: readonly Finding[];
  /** Lines that show what findings are about. */
  readonly drawing?: readonly string[];
  readonly data: Readonly<Record<string, unknown>>;
}

export const isBad = ({grade}: Finding): boolean => grade === 'bad';

const longest = 2000;

const safe = (text: string): string => shortened(printable(text), longest);

/** What others have put into the DNS is in it. */
const findingOf =
  (grade: Finding['grade']) =>
  (what: string, is: string, publish?: DnsRecord): Finding => ({
    grade,
    what: safe(what),
    is: safe(is),
    ...(publish !== undefined && {publish: {...publish, value: safe(publish.value)}}),
  });

export const good = findingOf('good');
export const bad = findingOf('bad');
export const hint = findingOf('hint');

/** A section for programs, printable too: JSON escapes only some of what controls a terminal. */
export const dataOf = ({subject, findings, data}: Section): object =>
  JSON.parse(
    JSON.stringify({subject, findings, ...data}, (_, value) =>
      typeof value === 'string' ? printable(value) : value,
    ),
  );

/** A TXT record is made of strings of at most 255 octets (RFC 1035 3.3.14). */
const stringsOf = (value: string): readonly string[] => value.match(/.{1,255}/gs) ?? [''];

/** As a line of a zone file. */
export function zoneLineOf({name, type, value}: DnsRecord): string {
  const data =
    type === 'TXT'
      ? stringsOf(value)
          .map(each => `"${each.replaceAll(/["\\]/g, '\\$&')}"`)
          .join(' ')
      : value;
  return `${name}. ${type} ${data}`;
}
