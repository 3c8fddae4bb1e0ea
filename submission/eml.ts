// An .eml file as messages, one for each recipient. Its x-mq-* fields stay in the text: the route function takes them out.
// Its Bcc fields are removed, as everybody would read them (RFC 5322 3.6.3).

import addressparser from 'nodemailer/lib/addressparser';
import type {JsonObject} from '../shared/json.ts';
import {type Parsed, right, wrong} from '../shared/parsed.ts';
import {parseMailbox} from '../shared/smtp/address.ts';

export interface EmlOptions {
  /** Instead of the addresses in To, Cc and Bcc. */
  readonly recipients?: readonly string[];
  /** Instead of what the fields say; empty or `<>` for the null reverse-path. */
  readonly envelope?: string;
}

interface Field {
  /** Lower case. */
  readonly name: string;
  readonly value: string;
  /** As it stands in the text, with its folds and line ends. */
  readonly text: string;
}

export function messagesOfEml(text: string, options: EmlOptions): Parsed<JsonObject[]> {
  const eml = parseEml(text);
  if (!eml.ok) return wrong(`${eml.problem}: it is not an .eml file`);
  const {mime, recipients: named, envelope: said} = eml.value;
  const recipients = options.recipients ?? named;
  if (recipients.length === 0) return wrong('has no address in To, Cc or Bcc: say --recipient ADDRESS');
  const envelope = options.envelope ?? said;
  if (envelope === undefined) {
    return wrong('has no address in x-mq-envelope, Return-Path, From or Sender: say --envelope ADDRESS');
  }
  const addresses = envelope === '' || envelope === '<>' ? recipients : [envelope, ...recipients];
  for (const address of addresses) {
    const parsed = parseMailbox(address);
    if (!parsed.ok) return wrong(`${JSON.stringify(address)} ${parsed.problem}`);
  }
  return right([...new Set(recipients)].map(recipient => ({envelope, recipient, mime})));
}

export interface Eml {
  /** Those that its fields name. */
  readonly recipients: readonly string[];
  /** What its fields say; empty for the null reverse-path. */
  readonly envelope: string | undefined;
  /** Without Bcc. */
  readonly mime: string;
}

export function parseEml(text: string): Parsed<Eml> {
  const [header = ''] = /^(?:(?!\r?\n)[^\n]+(?:\n|$))*/.exec(text) ?? [];
  const fields = fieldsOf(header);
  if (fields.length === 0) return wrong('does not begin with header fields');
  const withoutBcc = fields.filter(({name}) => name !== 'bcc').map(field => field.text);
  const mime = withoutBcc.join('') + text.slice(header.length);
  return right({recipients: recipientsOf(fields), envelope: envelopeOf(fields), mime});
}

/** RFC 5322 2.2: a name, a colon and the rest of the line, with what is folded into the lines after it. */
function fieldsOf(header: string): Field[] {
  const fields: Field[] = [];
  for (const [text] of header.matchAll(/[^\n]+(?:\n[ \t][^\n]*)*\n?/g)) {
    const match = /^([!-9;-~]+)[ \t]*:(.*)$/s.exec(text);
    if (match === null) return [];
    const value = match[2]!.replace(/\r?\n(?=[ \t])/g, '').trim();
    fields.push({name: match[1]!.toLowerCase(), value, text});
  }
  return fields;
}

/** The recipient that x-mq-recipient names; without such a field all to whom the mail is addressed. */
function recipientsOf(fields: readonly Field[]): string[] {
  const own = addressesIn(fields, 'x-mq-recipient');
  return own.length > 0 ? own : ['to', 'cc', 'bcc'].flatMap(name => addressesIn(fields, name));
}

function envelopeOf(fields: readonly Field[]): string | undefined {
  for (const name of ['x-mq-envelope', 'return-path', 'from', 'sender']) {
    const field = fields.find(field => field.name === name);
    // Return-Path may hold the null reverse-path (RFC 5321 4.4). So may x-mq-envelope, which may also be empty.
    const mayBeNull = name === 'x-mq-envelope' || name === 'return-path';
    if (mayBeNull && field !== undefined && /^(?:<\s*>)?$/.test(field.value)) return '';
    const [address] = addressesIn(fields, name);
    if (address !== undefined) return address;
  }
  return undefined;
}

const addressesIn = (fields: readonly Field[], name: string): string[] =>
  fields
    .filter(field => field.name === name)
    .flatMap(({value}) => addressparser(value, {flatten: true}))
    .flatMap(({address}) => (address ? [address] : []));
