// The mail that is sent: everyone sends the same octets. Pure.

const headers = [
  'From: Sender <sender@example.com>',
  'To: Recipient <recipient@example.org>',
  'Subject: The same message as all the others',
  'Date: Mon, 05 Jan 2026 12:00:00 +0000',
  'Message-ID: <the-same@example.com>',
  'MIME-Version: 1.0',
  'Content-Type: text/plain; charset=utf-8',
  'Content-Transfer-Encoding: 7bit',
  '',
  '',
].join('\r\n');

/** Lines as in real mail: some 70 characters, and now and then one that begins with a dot (RFC 5321 4.5.2). */
const lineOf = (number: number): string => {
  const start = number % 40 === 39 ? '.' : 'A';
  return `${start} line of text, number ${String(number).padStart(6, '0')}, with words up to the width of a page.`;
};

export const tenKB = 10 * 1024;
export const hundredKB = 100 * 1024;
export const sizeName = (octets: number): string => `${octets / 1024} KB`;

/** A plain message of this many octets. */
export function mimeOf(octets: number): string {
  let text = headers;
  for (let number = 0; text.length < octets; number++) text += `${lineOf(number)}\r\n`;
  const cut = text.slice(0, octets - 2);
  // Some take a CR that lost its LF for a line end, and others do not.
  return `${cut.replace(/[\r\n]+$/, ends => 'x'.repeat(ends.length))}\r\n`;
}

export const sender = 'sender@example.com';

/**
 * Recipients in one domain, as with a smarthost the domain does not matter, or each in a domain of its own. A receiver may
 * defer those of `later-`.
 */
export function recipientOf(number: number, {deferred = false, isAlone = false} = {}): string {
  const digits = String(number).padStart(7, '0');
  return `${deferred ? 'later' : 'reader'}-${digits}@${isAlone ? `d${digits}.` : ''}example.org`;
}

export const domainOf = (recipient: string): string => recipient.slice(recipient.indexOf('@') + 1);

export const isDeferred = (recipient: string): boolean => recipient.startsWith('later-');

export interface Destination {
  readonly host: string;
  readonly port: number;
}

/** A message as a producer puts it on the outbox. A destination is its own smarthost. */
export function outboxBodyOf(recipient: string, mime: string, destination?: Destination): string {
  const smarthost = destination && {hostname: destination.host, port: destination.port};
  return JSON.stringify({envelope: sender, recipient, mime, ...(smarthost && {smarthost})});
}
