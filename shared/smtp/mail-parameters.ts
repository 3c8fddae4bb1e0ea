// The parameters of MAIL and RCPT (RFC 1870 SIZE, RFC 6152 8BITMIME, RFC 6531 SMTPUTF8, RFC 3461 DSN): which ones a
// message needs, whether a server offers them, and how a server refuses what it offers.

import {asciiAddressOf, type Mailbox, needsSmtpUtf8} from './address.ts';
import type {Content} from './content.ts';
import type {Dsn} from './dsn.ts';
import type {Fact} from './fact.ts';
import {type Failure, factFailure, type Stage} from './failure.ts';
import {type Reply, sizeLimitOf} from './reply.ts';

/** What a server offers, from its reply to EHLO. */
export type Extensions = ReadonlyMap<string, string>;

export interface Envelope {
  /** Undefined is the null reverse-path. */
  readonly from: Mailbox | undefined;
  readonly to: Mailbox;
  readonly dsn?: Dsn | undefined;
}

export interface Mail extends Envelope {
  readonly content: Content;
}

/** Without the parameter everything is ASCII (RFC 6531 3.4). */
const wantsUtf8 = ({from, to}: Envelope): boolean =>
  needsSmtpUtf8(to) || (from !== undefined && needsSmtpUtf8(from));

export type Command = readonly [Stage, string];

/** Why a server cannot take a message, by what it offers. */
export function misfitOf(mail: Mail, extensions: Extensions): Failure | undefined {
  const {size, eightBit} = mail.content;
  const limit = sizeLimitOf(extensions);
  if (limit !== undefined && size > limit)
    return misfit('too-large', `the message has ${size} octets; the server takes ${limit}`);
  if (wantsUtf8(mail) && !extensions.has('SMTPUTF8'))
    return misfit('smtputf8-not-offered', 'an address needs SMTPUTF8, which is not offered');
  if (eightBit && !extensions.has('8BITMIME'))
    return misfit('8bitmime-not-offered', 'the message needs 8BITMIME, which is not offered');
  return undefined;
}

const misfit = (fact: Fact, description: string): Failure => factFailure('mailfrom', fact, description);

/** What a server is told beyond what the message needs: courtesies.ts. */
export interface Told {
  readonly size: boolean;
  readonly dsn?: Dsn;
}

/** MAIL, RCPT and DATA for a message that is no misfit. */
export function envelopeCommands(mail: Mail, told: Told): readonly Command[] {
  const {from, to, content} = mail;
  const utf8 = wantsUtf8(mail);
  const pathOf = (mailbox: Mailbox) => (utf8 ? mailbox.address : asciiAddressOf(mailbox));
  const size = told.size ? ` SIZE=${content.size}` : '';
  const parameters = size + (content.eightBit ? ' BODY=8BITMIME' : '') + (utf8 ? ' SMTPUTF8' : '');
  const {dsn = {mail: '', rcpt: ''}} = told;
  return [
    ['mailfrom', `MAIL FROM:<${from ? pathOf(from) : ''}>${parameters}${dsn.mail}`],
    ['rcptto', `RCPT TO:<${pathOf(to)}>${dsn.rcpt}`],
    ['data', 'DATA'],
  ];
}

/** Codes for a command that was not understood. 555 is for its parameters (RFC 5321 4.1.1.11). */
const syntaxCodes: ReadonlySet<number> = new Set([500, 501, 502, 504, 555]);

/** Whether a refusal is of how the command was written, by its code, or because it names what was. */
export const isOfSyntax = ({code, status, text}: Reply, names: RegExp): boolean =>
  code >= 500 &&
  code !== 503 &&
  (status === undefined || /^5\.[05]\./.test(status)) &&
  (syntaxCodes.has(code) || names.test(text));

/**
 * Whether a refusal of MAIL is one of its parameters rather than of the sender. The status says which, where there is
 * one: 501 5.1.7 is a bad sender, 5.6.3 and 5.6.9 are for a body that needs converting. 553 5.6.7, to MAIL or RCPT,
 * refuses an address in UTF-8 (RFC 6531 3.5).
 */
export function isOfParameters({stage, reply}: Failure): boolean {
  if (reply === undefined || reply.code < 500) return false;
  const {code, status} = reply;
  if (status === '5.6.7') return stage === 'mailfrom' || stage === 'rcptto';
  if (stage !== 'mailfrom' || code === 503) return false;
  if (status === '5.6.3' || status === '5.6.9') return true;
  return isOfSyntax(reply, /8BITMIME|SMTPUTF8|\b(?:BODY|SIZE)=/i);
}

/** Whether a refusal is of SIZE, which can be left out: the server has to say that a parameter is meant. */
export function isOfSize(failure: Failure): boolean {
  if (!isOfParameters(failure) || failure.stage !== 'mailfrom') return false;
  const {code, status, text} = failure.reply!;
  if (code === 504 || code === 555 || status === '5.5.4') return true;
  return /\b(?:size|parameters?|arguments?|options?)\b/i.test(text);
}

/** A refusal of a parameter that the message needs and the server offers, as such; undefined for any other. */
export function parameterRefusalOf(failure: Failure, mail: Mail): Failure | undefined {
  if (!isOfParameters(failure)) return undefined;
  const needed: string[] = [];
  if (mail.content.eightBit && failure.stage === 'mailfrom') needed.push('8BITMIME');
  if (wantsUtf8(mail)) needed.push('SMTPUTF8');
  if (needed.length === 0) return undefined;
  const description = `${needed.join(' and ')}: offered, and then refused: ${failure.description}`;
  return {...failure, fact: 'parameter-refused', description};
}
