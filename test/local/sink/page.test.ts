import {afterAll, beforeAll, expect, it} from 'vitest';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {mailDoor} from '../../../local/sink/page.ts';
import {type Sink, startSink} from '../../../local/sink/sink.ts';
import {SmtpClient} from '../../servers/smtp-client.ts';

let sink: Sink;
let endpoint: Endpoint;
beforeAll(async () => {
  sink = await startSink({port: 0});
  endpoint = await listen([mailDoor(sink)], {port: 0});
  const client = await SmtpClient.connect(sink.port);
  await client.reply();
  await client.send('Subject: <b>hi</b>\r\n\r\nx\r\n');
  client.end();
});
afterAll(async () => {
  await endpoint.close();
  await sink.close();
});

const get = (path: string, method = 'GET') => fetch(`${endpoint.url}/_relayq/mail${path}`, {method});

it('the mail of the sink is listed, and shown as text', async () => {
  const list = (await (await get('')).json()) as {number: number; size: number}[];
  expect(list).toEqual([expect.objectContaining({number: 1, size: expect.any(Number)})]);
  expect(list[0]).not.toHaveProperty('raw');
  const shown = await get('/1');
  expect(shown.headers.get('content-type')).toBe('text/plain; charset=utf-8');
  expect(shown.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await shown.text()).toContain('Subject: <b>hi</b>\r\n');
});

it('nothing else is there, and nothing is changed', async () => {
  expect((await get('/2')).status).toBe(404);
  expect((await get('/1', 'DELETE')).status).toBe(405);
  expect(sink.messages).toHaveLength(1);
});
