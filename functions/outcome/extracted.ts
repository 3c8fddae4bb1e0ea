// What a message's text says of itself, for its result, with MailerQ's names. Whoever wrote the text may be a stranger: all of
// it is bounded. Nothing is read unless results are to tell it.

import addressparser from 'nodemailer/lib/addressparser';
import type {Invalid, Told} from '../../shared/delivery/outcome.ts';
import type {JsonObject} from '../../shared/json.ts';
import {decodedText} from '../../shared/mime/encoded-word.ts';
import type {Mailbox} from '../../shared/smtp/address.ts';
import {lineEnd} from '../../shared/smtp/content.ts';
import {printable} from '../../shared/smtp/reply.ts';

/** Fields that begin behind this, and what of a field goes beyond it, are not read. */
const maxHeaderLength = 65_536;
const longestField = 8_192;
/** As long as addresses can be (RFC 3696 3). */
const longestAddress = 320;
const mostAddresses = 20;
const longestSubject = 500;

/** Undefined where the result is not to tell it. */
export function extractedOf(outcome: Told | Invalid): JsonObject | undefined {
  if (outcome.fate === 'invalid' || !outcome.details?.has('extracted')) return undefined;
  const {text, envelope, recipient} = outcome.message;
  const header = headerOf(text);
  const [from] = addressesOf(fieldOf(header, 'from'));
  const to = addressesOf(fieldOf(header, 'to'));
  const subject = fieldOf(header, 'subject');
  return {
    ...(from !== undefined && {from}),
    ...(to.length > 0 && {to: to.slice(0, mostAddresses)}),
    ...(to.length > mostAddresses && {toomitted: to.length - mostAddresses}),
    ...(subject !== undefined && {subject: shown(decodedText(subject) ?? subject, longestSubject)}),
    ...(envelope && {envelope: partsOf(envelope)}),
    recipient: partsOf(recipient),
  };
}

const partsOf = ({domain, localPart: local}: Mailbox) => ({domain, local});

/** The fields, with LF alone at the end of each line. */
const headerOf = (text: string): string =>
  text
    .slice(0, maxHeaderLength)
    .replace(lineEnd, '\n')
    .split(/^\n|\n\n/, 1)[0]!;

/** The first field of a name, unfolded. */
function fieldOf(header: string, name: string): string | undefined {
  const field = new RegExp(String.raw`(?:^|\n)${name}[ \t]*:([^\n]*(?:\n[ \t][^\n]*)*)`, 'i').exec(
    header,
  )?.[1];
  return field
    ?.slice(0, longestField)
    .replace(/\n(?=[ \t])/g, '')
    .trim();
}

const addressesOf = (value = ''): readonly string[] =>
  addressparser(value, {flatten: true}).flatMap(({address}) =>
    address ? [shown(address, longestAddress)] : [],
  );

/** Cutting may have parted the two halves of a character. */
const shown = (text: string, longest: number): string => printable(text).slice(0, longest).toWellFormed();
