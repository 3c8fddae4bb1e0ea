// The text of a mail as messages have it: in Unicode, with CRLF at the end of every line.

import {maxMessageOctets} from '../../shared/delivery/result.ts';
import {nameOf, sectionOf, unfoldedOf} from '../../shared/mime/header-section.ts';
import {utf8TextOf} from '../../shared/mime/utf8-text.ts';
import {MailProblem} from './mail-problem.ts';

export const tooLarge = (octets: string): MailProblem =>
  new MailProblem(
    `the mail takes up ${octets} octets as JSON, and may take up ${maxMessageOctets}: link to large attachments`,
  );

/**
 * Reads no more than a message can hold.
 * @throws MailProblem where there is more; what the stream fails with
 */
export async function octetsIn(stream: AsyncIterable<Uint8Array | string>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of stream) {
    const buffer = Buffer.from(chunk as Uint8Array);
    octets += buffer.length;
    if (octets > maxMessageOctets) throw tooLarge(`more than ${maxMessageOctets}`);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks);
}

/** A CR or LF alone is a line end, as in nodemailer's SMTP. @throws MailProblem */
export function mimeOf(octets: Buffer): string {
  const made = utf8TextOf(octets);
  if (made.ok) return made.text.replace(/\r\n?|\n/g, '\r\n');
  throw new MailProblem(
    made.reason === 'signed' || made.reason === 'encrypted'
      ? `the mail has octets that are not UTF-8 in what is ${made.reason}: make them quoted-printable or base64 before`
      : `the mail has octets that are not UTF-8, and cannot be made quoted-printable or base64 (${made.reason}): do so before`,
  );
}

/** With its angle brackets. */
export function messageIdIn(mime: string): string | undefined {
  const field = sectionOf(mime).fields.find(field => nameOf(field) === 'message-id');
  return field === undefined ? undefined : unfoldedOf(field);
}
