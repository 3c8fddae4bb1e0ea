// A `mime` object turned into MIME text by nodemailer's composer. Done once, here, so that every attempt
// sends the same text; the id and the date come from the message's arrival, so that a repeated run agrees.

import MailComposer from 'nodemailer/lib/mail-composer';
import type {JsonObject} from '../../shared/json.ts';

/**
 * @param mime the composer's options: from, to, cc, subject, text, html, attachments, headers, …
 * @throws Error when the composer cannot make a text of it, or it asks for a file or a URL
 */
export async function composeMime(
  mime: JsonObject,
  arrival: {readonly id: string; readonly arrivedMs: number},
  domain: string,
): Promise<string> {
  const composer = new MailComposer({
    messageId: `<${arrival.id}@${domain}>`,
    date: new Date(arrival.arrivedMs),
    ...mime,
    // A message must not read this function's files, nor have it call other hosts.
    disableFileAccess: true,
    disableUrlAccess: true,
    newline: '\r\n',
  });
  const octets = await composer.compile().build();
  const text = octets.toString('utf8');
  // Travelling in JSON, the text must be UTF-8; an encoding of 8bit or binary can make it something else.
  if (!Buffer.from(text).equals(octets))
    throw new Error('it has 8-bit content that is not UTF-8; use base64');
  return text;
}
