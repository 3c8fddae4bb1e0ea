import {expect, test} from 'vitest';
import {compose} from '../../../functions/route/compose.ts';
import {readMessage, type TextStep, type TextSteps} from '../../../functions/route/read-message.ts';
import {refusing} from '../../../shared/message/message.ts';
import {arrival, bodyWith, fromOutbox, messageOf, refusalOf, settings} from '../../samples/messages.ts';

const read = (
  properties: Record<string, unknown>,
  parameters: Record<string, string> = {},
  ...steps: readonly TextStep[]
) => {
  const textSteps: TextSteps = [compose, ...steps];
  return readMessage(bodyWith(properties), fromOutbox, settings(parameters), textSteps);
};
const mime = {from: 'a@b.example', subject: 's', text: 't'};

test('a mime object becomes the text, with the id and the time of the message', async () => {
  const message = messageOf(await read({mime}));
  expect(message.text).toMatch(/^From: a@b\.example\r\nSubject: s\r\n/);
  expect(message.text).toContain('\r\nMessage-ID: <message-1@example.com>\r\n');
  expect(message.text).toContain('\r\nDate: Tue, 01 Jan 2030 12:00:00 +0000\r\n');
  expect(message).not.toHaveProperty('mime');
});

test('x-mq-* fields of a mime object set what the JSON does not', async () => {
  const headers = {'x-mq-tag': 't', 'x-mq-maxattempts': '3', 'x-mq-retries': '60'};
  const message = messageOf(await read({mime: {...mime, headers}, maxattempts: 2}));
  expect(message).toMatchObject({tags: ['t'], maxAttempts: 2, retries: [60]});
  expect(message.text).not.toContain('x-mq-');
});

test('the fields and the text of a mime object are held to the rules of the stage', async () => {
  const headers = {'x-mq-tag': 't'};
  const fields = refusalOf(await read({mime: {...mime, headers}}, {'mq-headers': 'refused'}));
  expect(fields.problems).toEqual([{path: 'mime', problem: 'has x-mq-tag, and such fields are refused'}]);
  const stripped = messageOf(await read({mime: {...mime, headers}}, {'mq-headers': 'stripped'}));
  expect(stripped.tags).toEqual([]);
  const wrong = refusalOf(await read({mime: {...mime, headers: {'x-mq-maxattempts': 'many'}}}));
  expect(wrong.problems).toEqual([
    {path: 'maxattempts', problem: 'must be a whole number from 1 to 1000000'},
  ]);
});

test('a mime object that cannot be composed makes an invalid message, whose result goes where it says', async () => {
  const attachments = [{path: '/etc/hostname'}];
  const refusal = refusalOf(await read({mime: {...mime, attachments}, queues: {failure: 'mine'}, my: 1}));
  expect(refusal).toMatchObject({
    queues: {failure: 'mine'},
    properties: {my: 1},
    tracking: {id: 'message-1'},
  });
  expect(refusal.problems).toMatchObject([
    {path: 'mime', problem: expect.stringMatching(/^cannot be made into a message: /)},
  ]);
  expect(refusal.properties).not.toHaveProperty('mime');
});

test('steps change the text one after the other, until one refuses the message', async () => {
  const adding =
    (line: string): TextStep =>
    message => ({ok: true, message: {...message, text: `${line}\r\n${message.text}`}});
  const refuse: TextStep = message => refusing(message, {path: 'dkim', problem: 'has no key'});
  const text = {mime: 'S: s\r\n\r\nb'};
  const changed = messageOf(await read(text, {}, adding('A: 1'), adding('B: 2')));
  expect(changed.text).toBe('B: 2\r\nA: 1\r\nS: s\r\n\r\nb');
  const refused = refusalOf(await read({...text, my: 1}, {}, adding('A: 1'), refuse, adding('B: 2')));
  expect(refused).toMatchObject({problems: [{path: 'dkim', problem: 'has no key'}], properties: {my: 1}});
});

test('no step changes a text that comes back, whatever the settings say by then', async () => {
  const changing: TextStep = message => ({ok: true, message: {...message, text: 'changed'}});
  const relayq = {id: 'first', arrived: '2030-01-01 11:00:00', attempts: 1, hops: 0};
  const headers = {prepend: 'A: 1'};
  for (const [properties, expected] of [
    [{relayq, headers}, 'Subject: s\r\n\r\nbody\r\n'],
    [{headers}, 'changed'],
    [{relayq, headers, mime}, 'changed'],
  ] as const) {
    const read = await readMessage(bodyWith(properties), arrival, settings(), [compose, changing]);
    expect(messageOf(read).text).toBe(expected);
  }
});
