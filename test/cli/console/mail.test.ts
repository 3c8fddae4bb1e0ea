// Received mail in the console, hostile mail first of all.

import {createTransport} from 'nodemailer';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {mailDoor} from '../../../local/sink/page.ts';
import {type Sink, startSink} from '../../../local/sink/sink.ts';
import {ConsoleUnderTest} from './console-under-test.ts';

let sink: Sink;
let endpoint: Endpoint;
let page: ConsoleUnderTest;

const hostileSubject = '</script><script>alert(1)</script> \u202egpj.exe';
const hostileName = '../../evil"\r\nSet-Cookie: a=b\r\n\u202e;.html';
const html =
  '<meta http-equiv="refresh" content="0;url=https://evil.example/"><script>alert(1)</script><a href="https://example.org/?a=1&amp;b=2">x</a><a href="javascript:alert(1)">y</a>';

beforeAll(async () => {
  sink = await startSink({port: 0});
  endpoint = await listen([mailDoor(sink)], {port: 0});
  const transport = createTransport({host: '127.0.0.1', port: sink.port, secure: false, ignoreTLS: true});
  await transport.sendMail({
    from: 'a@example.org',
    to: ['b@example.com', 'c@example.com'],
    subject: hostileSubject,
    text: 'see https://example.net/x.',
    html,
    attachments: [
      {filename: 'ok.txt', content: 'hello'},
      {filename: hostileName, content: '<script>alert(1)</script>', contentType: 'text/html'},
    ],
  });
  const envelope = {from: '', to: ['d@example.com']};
  const deep = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n'.repeat(5000)}`;
  await transport.sendMail({envelope, raw: `Subject: deep\r\n${deep}`});
  await transport.sendMail({envelope, raw: 'no header at all, \0 and octets \xff\r\n'});
  transport.close();
  page = await ConsoleUnderTest.start({endpointUrl: endpoint.url});
  await page.signIn();
});
afterAll(async () => {
  await page.stop();
  await endpoint.close();
  await sink.close();
});

test('the list has the newest first, with subjects as texts', async () => {
  const {status, json} = await page.get('/api/mail');
  expect(status).toBe(200);
  expect(json.mail.map(({number}: {number: number}) => number)).toEqual([3, 2, 1]);
  expect(json.mail[2]).toMatchObject({
    from: 'a@example.org',
    to: ['b@example.com', 'c@example.com'],
    subject: hostileSubject,
    received: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
    tls: false,
  });
  const found = await page.get('/api/mail?search=B@EXAMPLE.com');
  expect(found.json.mail).toHaveLength(1);
});

test('a mail has its fields, text, links and attachments', async () => {
  const {json} = await page.get('/api/mail/1');
  expect(json).toMatchObject({
    version: 1,
    number: 1,
    hasHtml: true,
    source: `${endpoint.url}/_relayq/mail/1`,
  });
  expect(json.headers).toContainEqual({name: 'Subject', value: hostileSubject});
  expect(json.text.trim()).toBe('see https://example.net/x.');
  expect(json.links).toEqual(['https://example.org/?a=1&b=2', 'https://example.net/x']);
  expect(json.attachments).toMatchObject([{name: 'ok.txt', type: 'text/plain', size: 5, part: 0}, {part: 1}]);
});

test('HTML is shut in, and given as it is', async () => {
  const {status, headers, text} = await page.get('/mail/1/html');
  expect({status, text: text.trim()}).toEqual({status: 200, text: html});
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
  });
});

test('the source is plain text, octet for octet', async () => {
  const {headers, text} = await page.get('/mail/1/source');
  expect(headers).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'content-security-policy': "sandbox; default-src 'none'",
  });
  expect(text).toBe(sink.messages[0]!.raw.toString());
});

test('attachments are downloads, and their names end no header and lead nowhere', async () => {
  const {headers, text} = await page.get('/mail/1/part/1');
  expect(text).toBe('<script>alert(1)</script>');
  expect(headers['content-type']).toBe('application/octet-stream');
  expect(headers['set-cookie']).toBeUndefined();
  expect(headers['content-security-policy']).toBe("sandbox; default-src 'none'");
  const disposition = headers['content-disposition']!;
  expect(disposition).toMatch(/^attachment; filename="[\w. -]+"; filename\*=UTF-8''[\w.!~%-]+$/);
  expect(decodeURIComponent(disposition.split("''")[1]!)).not.toMatch(/[/\\"\r\n\u202e]|^\./);
});

test('mail that is bent is read as far as it can be, or said to be unreadable; the source is there', async () => {
  for (const number of [2, 3]) {
    const {status, json} = await page.get(`/api/mail/${number}`);
    expect([200, 500]).toContain(status);
    if (status === 500) expect(json.error.text).toContain('see its source');
    expect((await page.get(`/mail/${number}/source`)).status).toBe(200);
  }
  expect((await page.get('/mail/3/html')).status).toBe(404);
});

test('what is no number of a mail is not looked for', async () => {
  const numbers = [
    '0',
    '4',
    '-1',
    '1.5',
    '1e0',
    '../1',
    '%2e%2e%2f1',
    '1%2f..%2f2',
    '9'.repeat(16),
    '1/../../x',
  ];
  for (const number of numbers)
    for (const path of [
      `/api/mail/${number}`,
      `/mail/${number}/html`,
      `/mail/${number}/source`,
      `/mail/1/part/${number}x`,
    ]) {
      const {status, json} = await page.get(path);
      expect([path, status, json?.error?.kind]).toEqual([path, 404, 'not-found']);
    }
  expect((await page.get('/mail/1/part/2')).status).toBe(404);
});

test('another stage has no received mail', async () => {
  const other = await ConsoleUnderTest.start({
    endpointUrl: endpoint.url,
    stage: 'dev',
    env: {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 's'},
  });
  await other.signIn();
  for (const path of ['/api/mail', '/api/mail/1', '/mail/1/html'])
    expect((await other.get(path)).status).toBe(404);
  await other.stop();
});

test('without the local cloud it says how to start it', async () => {
  const gone = await listen([], {port: 0});
  await gone.close();
  const other = await ConsoleUnderTest.start({endpointUrl: gone.url});
  await other.signIn();
  const {status, json} = await other.get('/api/mail');
  expect({status, kind: json.error.kind}).toEqual({status: 502, kind: 'unreachable'});
  expect(json.error.text).toContain('npm start');
  await other.stop();
});
