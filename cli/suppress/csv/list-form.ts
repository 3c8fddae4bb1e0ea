// The forms of the files that lists come in, known by their header, and an entry from a row of each.

import type {SuppressionEntry} from '../../../shared/delivery/suppression/entry.ts';
import {reasonFor} from '../../../shared/delivery/suppression/entry.ts';
import {isAddress, parseSubject} from '../../../shared/delivery/suppression/subject.ts';
import {type Parsed, right, wrong} from '../../../shared/parsed.ts';
import {parseTime} from '../moment.ts';
import {unguarded} from './formula-guard.ts';

/** What a row says, by the names that the columns have here. Empty is absent. */
type Cells = Readonly<Partial<Record<Column, string>>>;
type Column =
  | 'who'
  | 'type'
  | 'reason'
  | 'origin'
  | 'status'
  | 'code'
  | 'time'
  | 'expires'
  | 'count'
  | 'source';

interface ListForm {
  readonly name: string;
  /** The columns by the names that they have in a header: in lower case, letters and digits alone. */
  readonly columns: Readonly<Record<string, Column>>;
  /** The ones by which it is known. */
  readonly needs: readonly (readonly string[])[];
  /** Whether it can name domains. */
  readonly hasDomains?: true;
}

const addressColumns = {
  email: 'who',
  emailaddress: 'who',
  address: 'who',
  recipient: 'who',
} as const satisfies Readonly<Record<string, Column>>;
const anyAddress = Object.keys(addressColumns);

/** The first one whose columns are there counts. */
const forms: readonly ListForm[] = [
  {
    name: 'relayq',
    columns: {
      who: 'who',
      reason: 'reason',
      source: 'source',
      time: 'time',
      code: 'code',
      status: 'status',
      expires: 'expires',
      count: 'count',
    },
    needs: [['who'], ['source']],
    hasDomains: true,
  },
  {
    // As its suppression list shows them.
    name: 'postmark',
    columns: {
      ...addressColumns,
      suppressionreason: 'reason',
      origin: 'origin',
      createdat: 'time',
      date: 'time',
    },
    needs: [anyAddress, ['suppressionreason'], ['origin', 'createdat']],
  },
  {
    // ListSuppressedDestinations, and the console.
    name: 'ses',
    columns: {
      ...addressColumns,
      reason: 'reason',
      suppressionreason: 'reason',
      lastupdatetime: 'time',
      lastupdated: 'time',
      dateadded: 'time',
    },
    needs: [['emailaddress'], ['reason', 'suppressionreason']],
  },
  {
    // Bounces, blocks and invalid addresses have status and reason; spam reports have ip; unsubscribes neither.
    name: 'sendgrid',
    columns: {email: 'who', created: 'time', createdat: 'time', status: 'status', reason: 'reason'},
    needs: [['email'], ['created', 'createdat']],
  },
  {
    name: 'mailerq',
    columns: {type: 'type', value: 'who', code: 'code', extended: 'status', description: 'reason'},
    needs: [['type'], ['value']],
    hasDomains: true,
  },
  {name: 'addresses', columns: {...addressColumns, reason: 'reason'}, needs: [anyAddress]},
];

export const formNames = forms.map(({name}) => name);

const isSesReason = (text = ''): boolean => /^(?:BOUNCE|COMPLAINT)$/i.test(text);

/** How to read rows, known by the first one. */
export interface Reading {
  readonly form: ListForm;
  /** What each column holds; undefined for one that means nothing here. */
  readonly columns: readonly (Column | undefined)[];
  readonly hasHeader: boolean;
}

/** Undefined for a file of no form that is known. */
export function readingOf(first: readonly string[]): Reading | undefined {
  const names = first.map(name => name.toLowerCase().replaceAll(/[^a-z0-9]/g, ''));
  const form = forms.find(({needs}) => needs.every(some => some.some(name => names.includes(name))));
  if (form !== undefined) return {form, columns: names.map(name => form.columns[name]), hasHeader: true};
  const [address = '', reason] = first;
  if (!address.includes('@')) return undefined;
  // As SES takes them in bulk; or addresses alone.
  const name = first.length === 2 && isSesReason(reason) ? 'ses' : 'addresses';
  const headless = forms.find(each => each.name === name)!;
  return {form: headless, columns: ['who', 'reason'], hasHeader: false};
}

/** @param nowMs the time of a row that has none */
export function entryIn(
  fields: readonly string[],
  {form, columns}: Reading,
  nowMs: number,
): Parsed<SuppressionEntry> {
  const isOurs = form.name === 'relayq';
  const cells = cellsOf(fields, columns, isOurs);
  const who = parseSubject(cells.who ?? '');
  if (!who.ok)
    return wrong(cells.who === undefined ? 'has no address' : `${quoted(cells.who)} ${who.problem}`);
  const isOfDomain = !isAddress(who.value);
  if (isOfDomain && !form.hasDomains)
    return wrong(`${quoted(cells.who)} is a domain, where an address belongs`);
  if (cells.type !== undefined && cells.type.toLowerCase() !== (isOfDomain ? 'domain' : 'address'))
    return wrong(`${quoted(cells.who)} is not of the type ${quoted(cells.type)}`);
  const [timeMs, expiresMs] = [timeIn(cells.time), timeIn(cells.expires)];
  if (timeMs === null || expiresMs === null)
    return wrong(`${quoted(timeMs === null ? cells.time : cells.expires)} is no time`);
  // Ours have them in columns of their own.
  const [, said, more] = (isOurs ? undefined : front.exec(cells.reason ?? '')) ?? [];
  const {code, status} = codesIn(cells.code ?? said, cells.status ?? more);
  return right({
    who: who.value,
    reason: reasonFor(reasonIn(cells, said !== undefined)),
    source: sourceIn(cells, form),
    timeMs: timeMs ?? nowMs,
    count: /^\d{1,9}$/.test(cells.count ?? '') ? Number(cells.count) : 0,
    ...(code !== undefined && {code}),
    ...(status !== undefined && {status}),
    ...(expiresMs !== undefined && {expiresMs}),
  });
}

function cellsOf(fields: readonly string[], columns: Reading['columns'], isOurs: boolean): Cells {
  const cells: Partial<Record<Column, string>> = {};
  for (const [index, column] of columns.entries()) {
    const field = isOurs ? unguarded(fields[index] ?? '') : (fields[index] ?? '');
    if (column !== undefined && field !== '' && cells[column] === undefined) cells[column] = field;
  }
  return cells;
}

/** What stands at its front and was taken for a code is not told twice. */
function reasonIn({reason = '', origin}: Cells, hasFront: boolean): string {
  const words = hasFront ? reason.replace(front, '') : reason;
  return origin === undefined ? words : `${words} (${origin})`.trim();
}

const sourceIn = ({source}: Cells, {name}: ListForm): string =>
  source !== undefined && isSource(source) ? source : name === 'addresses' ? 'import' : name;

/** Sources are words: people choose entries by them. */
export const isSource = (text: string): boolean => /^[\w.:-]{1,64}$/.test(text);

/** How a reply begins: `550 5.1.1 `, `550-5.1.1 `, `550 `. */
const front = /^([45]\d\d)(?:[ -]+([45]\.\d{1,3}\.\d{1,3}))?(?![\d.])[ -]*/;

/** SendGrid has the code at the front of the reply, and the status in a column or there. */
const codesIn = (code = '', status = '') => ({
  ...(/^[45]\d\d$/.test(code) && {code: Number(code)}),
  ...(/^[45]\.\d{1,3}\.\d{1,3}$/.test(status) && {status}),
});

/** Undefined for none, null for what cannot be read. */
function timeIn(text: string | undefined): number | undefined | null {
  return text === undefined ? undefined : (parseTime(text) ?? null);
}

/** A row may hold anything. */
const quoted = (text = ''): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
