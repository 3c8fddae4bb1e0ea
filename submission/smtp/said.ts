// What a client says of a text, as smtp-server gives it, in terms of mail.

import type {SMTPServer} from 'smtp-server';
import type {Trace} from '../../shared/mime/received.ts';
import {type Mailbox, needsSmtpUtf8, parseMailbox} from '../../shared/smtp/address.ts';
import type {Recipient} from './incoming.ts';
import {Refusal} from './reply.ts';

export type Options = NonNullable<ConstructorParameters<typeof SMTPServer>[0]>;
export type Session = Parameters<NonNullable<Options['onConnect']>>[0];
export type Address = Parameters<NonNullable<Options['onMailFrom']>>[0];

/** What is offered, and what every server takes (RFC 4954 5). */
const parameters = {
  MAIL: new Set(['SIZE', 'BODY', 'SMTPUTF8', 'RET', 'ENVID', 'AUTH']),
  RCPT: new Set(['NOTIFY', 'ORCPT']),
};

/** @throws Refusal where it is no mailbox, or is said with parameters that are not known */
export function mailboxOf({address, args}: Address, {envelope}: Session, command: 'MAIL' | 'RCPT'): Mailbox {
  checkParameters(args, command);
  const [code, status] = command === 'MAIL' ? ([501, '5.1.7'] as const) : ([501, '5.1.3'] as const);
  // smtp-server has it in the place of octets that are not UTF-8.
  if (address.includes('\ufffd')) throw new Refusal(code, `${status} the address is not in UTF-8`);
  const mailbox = parseMailbox(address);
  if (!mailbox.ok) throw new Refusal(code, `${status} the address ${mailbox.problem}`);
  if (needsSmtpUtf8(mailbox.value) && !envelope.smtpUtf8)
    throw new Refusal(553, '5.6.7 the address needs SMTPUTF8, which MAIL does not say');
  return mailbox.value;
}

/** @throws Refusal */
export function checkParameters(args: Address['args'], command: 'MAIL' | 'RCPT'): void {
  const unknown = Object.keys(args || {}).find(name => !parameters[command].has(name));
  if (unknown !== undefined)
    throw new Refusal(555, `5.5.4 ${command} has a parameter that is not offered: ${unknown.slice(0, 50)}`);
}

export const recipientOf = (address: Address, session: Session): Recipient => ({
  mailbox: mailboxOf(address, session, 'RCPT'),
  notify: address.dsn?.notify?.join(','),
  orcpt: address.dsn?.orcpt,
});

export const traceOf = (session: Session, by: string, timeMs: number): Trace => ({
  helo: session.hostNameAppearsAs,
  address: session.remoteAddress,
  by,
  // RFC 6531 4.3.
  protocol: session.envelope.smtpUtf8
    ? session.transmissionType.replace(/^E?/, 'UTF8')
    : session.transmissionType,
  id: `${session.id}.${session.transaction}`,
  timeMs,
});
