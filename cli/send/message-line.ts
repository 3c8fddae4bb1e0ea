// A message that would be sent, as one line for people.

import {octetsOf} from '../../shared/json.ts';
import type {Message} from '../../shared/message/message.ts';
import type {Outgoing} from '../../submission/enqueue.ts';
import {printable} from '../terminal/printable.ts';
import {subjectOf} from '../terminal/subject.ts';

export function messageLine({source, body}: Outgoing, message: Message): string {
  const {envelope, recipient, text, smarthost} = message;
  const parts = [
    `${envelope?.address ?? '<>'} → ${recipient.address}`,
    JSON.stringify(subjectOf(Buffer.from(text))),
    `${octetsOf(body).toLocaleString('en')} octets`,
    ...(smarthost ? [`by ${smarthost.hosts.join(', ')}`] : []),
    `(${source})`,
  ];
  return printable(parts.join('  '));
}
