// What a client has said of a text before it, and the messages that it becomes: one for each recipient.

import {maxMessageOctets} from '../../shared/delivery/result.ts';
import {bodyOf, octetsOf} from '../../shared/json.ts';
import {hopsOf, receivedField, type Trace, traced} from '../../shared/mime/received.ts';
import {utf8TextOf} from '../../shared/mime/utf8-text.ts';
import {asciiAddressOf, type Mailbox, needsSmtpUtf8} from '../../shared/smtp/address.ts';
import {Refusal} from './reply.ts';

export interface Recipient {
  readonly mailbox: Mailbox;
  readonly notify: string | undefined;
  readonly orcpt: string | undefined;
}

export interface Incoming {
  /** Undefined is the null reverse-path. */
  readonly from: Mailbox | undefined;
  readonly recipients: readonly Recipient[];
  readonly ret: string | undefined;
  readonly envid: string | undefined;
  readonly isTrusted: boolean;
  readonly trace: Trace;
}

/** Beyond them mail goes in circles (RFC 5321 6.3). */
const maxHops = 50;

/** What is announced: what JSON makes longer, line ends and quotes, fits beside so much of a usual text. */
export const maxTextOctets = 1_000_000;

const tooLarge = (octets: number) =>
  new Refusal(
    552,
    `5.3.4 the message takes up ${octets} octets as JSON, and ${maxMessageOctets} is all that a queue can hold`,
  );

const refusals = {
  signed: '5.6.3 the text is signed and not in UTF-8, so that it can be neither queued nor converted',
  encrypted: '5.6.3 the text is encrypted and not in UTF-8, so that it can be neither queued nor converted',
  header: '5.6.3 a header field is not in UTF-8, and nothing else can stand for it',
  encoding: '5.6.3 a part has 8-bit octets, and its Content-Transfer-Encoding says that it has none',
  structure: '5.6.3 the text is not in UTF-8, and its structure cannot be read to convert it',
  size: '5.6.3 the text is not in UTF-8, and has too many parts to convert them',
} as const;

/** @throws Refusal */
export function bodiesOf(octets: Buffer, incoming: Incoming): readonly string[] {
  const unicode = utf8TextOf(octets);
  if (!unicode.ok) throw new Refusal(554, refusals[unicode.reason]);
  const text = unicode.text.replace(/^\ufeff/, '');
  if (hopsOf(text) >= maxHops)
    throw new Refusal(554, `5.4.6 the text has passed ${maxHops} servers: mail goes in circles`);
  // Once for all: the recipients share it.
  const mime = bodyOf(traced(text, receivedField(incoming.trace)));
  const heads = incoming.recipients.map(recipient => `${headOf(incoming, recipient)},"mime":`);
  const octetsOfBody = Math.max(...heads.map(octetsOf)) + octetsOf(mime) + 1;
  if (octetsOfBody > maxMessageOctets) throw tooLarge(octetsOfBody);
  return heads.map(head => `${head}${mime}}`);
}

/** The properties before `mime`, without the bracket that closes them. */
function headOf({from, ret, envid, isTrusted}: Incoming, {mailbox, notify, orcpt}: Recipient): string {
  const dsn = {notify, orcpt, ret, envid};
  const properties = {
    envelope: from === undefined ? '<>' : addressOf(from),
    recipient: addressOf(mailbox),
    ...(Object.values(dsn).some(member => member !== undefined) && {dsn}),
    ...(!isTrusted && {'mq-headers': 'stripped'}),
  };
  return bodyOf(properties).slice(0, -1);
}

/** As it would be without SMTPUTF8, where that is possible: so it is the same, however the client has written it. */
const addressOf = (mailbox: Mailbox): string =>
  needsSmtpUtf8(mailbox) ? mailbox.address : asciiAddressOf(mailbox);
