import {expect, test} from 'vitest';
import {parseMessage} from '../../../shared/message/message-body.ts';
import {messageSchema} from '../../../shared/message/message-schema.ts';
import type {OutboxMessage, OutboxSmarthost} from '../../../shared/message/outbox-message.ts';
import {now, settings} from '../../samples/messages.ts';

const smarthost: Required<OutboxSmarthost> = {
  hostname: ['smtp.example.net', 'smtp2.example.net'],
  port: 587,
  username: 'billing',
  password: 'secret',
  security: 'verified',
};

const everything: Required<OutboxMessage> = {
  recipient: 'info@example.org',
  envelope: 'sender@example.com',
  mime: 'Subject: hello\r\n\r\nHello!\r\n',
  smarthost,
  security: 'required',
  nextattempt: {time: '2030-01-01 09:00:00'},
  delayed: '2030-01-01 09:00:00',
  maxdelivertime: '2030-01-02 09:00:00',
  maxattempts: 5,
  retries: [600, 1800],
  window: {days: ['mon', 'fri'], from: '09:00', to: '17:30', timezone: 'Europe/Amsterdam'},
  queues: {results: 'a', success: 'b', failure: null, retry: 'c', dsn: null},
  keepmime: true,
  'mq-headers': 'stripped',
  strict: true,
  suppression: false,
  dkim: {domain: 'example.org', selector: 's', canonicalization: 'relaxed/simple', priority: 1},
  headers: {
    remove: 'X-Mailer',
    replace: ['Subject: hello'],
    update: 'To: info@example.org',
    prepend: 'X-A: 1',
    append: ['X-B: 2', 'X-C: 3'],
    add: null,
  },
  tags: ['welcome'],
  results: [],
  dsn: {notify: 'FAILURE', ret: 'HDRS', envid: 'e', orcpt: 'rfc822;info@example.org', mine: 1},
  ips: ['192.0.2.1'],
  pool: 'first',
};

const parse = (message: OutboxMessage) =>
  parseMessage(JSON.stringify(message), {id: '1', arrivedMs: now}, settings());

test('the type of a message has every property that means something, and each passes', () => {
  expect(parse(everything)).toMatchObject({ok: true});
  const refused = ['key', 'data', 'inlinecss'];
  const known = Object.keys(messageSchema.entries).filter(name => !refused.includes(name));
  expect(Object.keys(everything)).toEqual(expect.arrayContaining(known));
});

test('its other forms pass too', () => {
  const {recipient} = everything;
  const nothing = Object.fromEntries(Object.keys(everything).map(name => [name, null]));
  const mime = {from: 'sender@example.com', subject: 'hello', text: 'Hello!'};
  const others: OutboxMessage[] = [
    {...(nothing as unknown as OutboxMessage), recipient, mime},
    {recipient, mime, smarthost: 'smtp://billing:secret@smtp.example.net:587', retries: '600,1800'},
    {
      recipient,
      mime,
      smarthost: {hostname: 'smtp.example.net'},
      dsn: {notify: ['SUCCESS', 'DELAY'], ret: null},
    },
  ];
  for (const message of others) expect(parse(message)).toMatchObject({ok: true});
});
