import {expect, test} from 'vitest';
import {addHeaders} from '../../../functions/route/add-headers.ts';
import {bodyWith, fromOutbox, messageOf, parse, settings} from '../../samples/messages.ts';

const both = {'add-headers': 'date,message-id'};
const date = 'Date: Tue, 01 Jan 2030 12:00:00 +0000\r\n';
const id = 'Message-ID: <message-1@example.com>\r\n';

test.each<
  [what: string, parameters: Record<string, string>, mime: string, expected: string, changes?: string[]]
>([
  ['nothing by default', {}, 'A: 1\r\n\r\nb', 'A: 1\r\n\r\nb'],
  ['both', both, 'A: 1\r\n\r\nb', `A: 1\r\n${date}${id}\r\nb`, ['date-added', 'message-id-added']],
  ['one', {'add-headers': 'Date'}, 'A: 1\r\n\r\nb', `A: 1\r\n${date}\r\nb`, ['date-added']],
  ['what is missing', both, 'DATE: x\r\n\r\nb', `DATE: x\r\n${id}\r\nb`, ['message-id-added']],
  ['nothing that is there', both, 'message-id : x\r\ndate:\r\n\r\nb', 'message-id : x\r\ndate:\r\n\r\nb'],
  [
    'what only the body has',
    both,
    'message-id: x\r\n\r\nDate: x',
    `message-id: x\r\n${date}\r\nDate: x`,
    ['date-added'],
  ],
  ['to a body alone', {'add-headers': 'date'}, '\r\nb', `${date}\r\nb`, ['date-added']],
])('%s', async (_, parameters, mime, text, changes) => {
  const message = messageOf(parse(bodyWith({mime}), fromOutbox));
  const added = messageOf(await addHeaders(message, settings(parameters)));
  expect(added).toEqual({...message, text, tracking: {...message.tracking, ...(changes && {changes})}});
});

test.each([
  [{envelope: 'jo@bücher.example'}, {}, 'xn--bcher-kva.example'],
  [{envelope: 'jo@[192.0.2.1]'}, {}, '[192.0.2.1]'],
  [{envelope: '<>'}, {'helo-name': 'out.example.net'}, 'out.example.net'],
  [{envelope: '<>'}, {}, 'example.org'],
])('a Message-ID for %j with %j ends in %s', async (properties, parameters, domain) => {
  const message = messageOf(parse(bodyWith({...properties, mime: '\r\n'}), fromOutbox));
  const added = messageOf(await addHeaders(message, settings({'add-headers': 'message-id', ...parameters})));
  expect(added.text).toBe(`Message-ID: <message-1@${domain}>\r\n\r\n`);
});
