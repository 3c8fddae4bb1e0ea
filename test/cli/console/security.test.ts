// Who may ask the console for something, and who may not: the stage behind it does not matter here.

import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type Asking, ConsoleUnderTest} from './console-under-test.ts';

type Headers = NonNullable<Asking['headers']>;

let asked = 0;
let aws: Server;
let page: ConsoleUnderTest;

beforeAll(async () => {
  aws = createServer((_, response) => {
    asked += 1;
    response.destroy();
  });
  await new Promise<void>(resolve => aws.listen(0, '127.0.0.1', resolve));
  const {port} = aws.address() as AddressInfo;
  page = await ConsoleUnderTest.start({endpointUrl: `http://127.0.0.1:${port}`});
  await page.signIn();
});
afterAll(async () => {
  await page.stop();
  aws.close();
});

const host = () => `127.0.0.1:${page.running.port}`;
const signedIn = (more: Headers = {}): Headers => ({cookie: page.cookie, ...more});

describe('the console refuses', () => {
  it.each<[string, () => Headers]>([
    ['another name that resolves to 127.0.0.1', () => ({host: `evil.example:${page.running.port}`})],
    ['its own address with another port', () => ({host: '127.0.0.1:1'})],
    ['its own address without a port', () => ({host: '127.0.0.1'})],
    ['another origin', () => ({origin: 'https://evil.example'})],
    ['the same machine with another port', () => ({origin: 'http://127.0.0.1:1'})],
    ['an origin that is none, as that of a sandboxed mail', () => ({origin: 'null'})],
    ['what a browser says is cross-site', () => ({'sec-fetch-site': 'cross-site'})],
    ['what a browser says is of another port', () => ({'sec-fetch-site': 'same-site'})],
  ])('%s', async (_, headers) => {
    for (const path of ['/', '/main.js', '/api/session', '/api/trace?q=a@b.example']) {
      const {status, json} = await page.raw(path, {headers: signedIn(headers())});
      expect([path, status]).toEqual([path, 403]);
      expect(json.error).toMatchObject({kind: 'denied'});
    }
    const token = JSON.stringify({token: page.token});
    const type = {'content-type': 'application/json'};
    const answer = await page.raw('/session', {
      method: 'POST',
      headers: {...type, ...headers()},
      body: token,
    });
    expect(answer.status).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it.each([
    ['no cookie', undefined],
    ['a wrong cookie', () => `${page.cookie}x`],
    ['the cookie of another console', () => page.cookie.replace(/\d+=/, '1=')],
    ['an empty cookie', () => page.cookie.replace(/=.*/, '=')],
  ])('an endpoint to %s', async (_, cookie) => {
    const headers = cookie === undefined ? {} : {cookie: cookie()};
    for (const path of ['/api/session', '/api/overview', '/mail/1/html', '/api/nothing'])
      expect((await page.raw(path, {headers})).status).toBe(401);
  });

  it.each([['wrong'], [''], [null], [{}], [undefined]])('the token %j', async token => {
    const {status, headers, text} = await page.post('/session', {token});
    expect(status).toBe(401);
    expect(headers['set-cookie']).toBeUndefined();
    expect(text).not.toContain(page.token);
  });

  it.each([['wrong'], ['']])('a cookie that comes with %j in place of the second value', async second => {
    const headers = {'x-relayq-second': second};
    const posted = await page.post('/api/explain', {message: {}}, headers);
    for (const {status, json} of [posted, await page.get('/api/session', headers)])
      expect({status, kind: json.error.kind}).toEqual({status: 401, kind: 'signed-out'});
  });

  it('a change that a form could make', async () => {
    const type = {'content-type': 'text/plain'};
    expect((await page.post('/api/explain', {message: {}}, type)).status).toBe(415);
  });

  it.each([
    '/session',
    '/api/settings/%2e%2e/dead-letters/drop',
    '/api/dead-letters/redrive',
    '/api/dead-letters/drop',
    '/api/send',
  ])('GET of %s, which changes something', async path => {
    expect([404, 405]).toContain((await page.get(path)).status);
  });

  it('a body that is too large, and what is no JSON object', async () => {
    const large = JSON.stringify({message: 'x'.repeat(1_100_000)});
    expect((await page.post('/api/explain', large)).status).toBe(413);
    const chunked = await page.raw('/api/explain', {
      method: 'POST',
      headers: signedIn({
        'content-type': 'application/json',
        'x-relayq-second': page.second,
        'transfer-encoding': 'chunked',
      }),
      body: large,
    });
    expect(chunked.status).toBe(413);
    for (const body of ['', 'x', '[]', 'null', '"x"', '['.repeat(100_000), '{"a":'.repeat(5000)])
      expect((await page.post('/api/explain', body)).status).toBe(400);
  });

  it('paths that lead out of the page', async () => {
    const paths = [
      '/../secret.txt',
      '/secret.txt',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/..\\package.json',
      '/./../../etc/passwd',
      '/main.js/../../index.ts',
      '/etc/passwd',
      '/__proto__.js',
      '/constructor.js',
      '/\0main.js',
    ].map(path => path.replace('\0', '%00'));
    for (const path of paths) expect([path, (await page.get(path)).status]).toEqual([path, 404]);
    for (const path of [`http://${host()}/`, '//evil.example/', '*'])
      expect([path, (await page.get(path)).status]).toEqual([path, 403]);
  });
});

describe('the console', () => {
  it('gives its page to whoever asks, under a policy that lets in nothing else', async () => {
    const {status, headers, text} = await page.raw('/');
    expect({status, text}).toEqual({status: 200, text: '<!doctype html><title>page</title>'});
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    });
    expect((await page.raw('/main.js')).headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it('is found by both names of this machine', async () => {
    for (const name of ['127.0.0.1', 'localhost']) {
      const own = `${name}:${page.running.port}`;
      const headers = signedIn({host: own, origin: `http://${own}`, 'sec-fetch-site': 'same-origin'});
      expect((await page.raw('/', {headers})).status).toBe(200);
    }
  });

  it('trades the token for a cookie that programs cannot read', async () => {
    const {status, headers, json} = await page.post('/session', {token: page.token});
    expect(status).toBe(200);
    const name = `relayq-console-${page.running.port}`;
    const form = new RegExp(`^${name}=[\\w-]{22}; Path=/; HttpOnly; SameSite=Strict$`);
    expect(headers['set-cookie']).toEqual([expect.stringMatching(form)]);
    expect(json).toEqual({version: 1, second: page.second});
    expect(page.token).toMatch(/^[\w-]{22}$/);
  });

  it('asks AWS for nothing while nobody asks it for something', () => {
    expect(asked).toBe(0);
  });

  it('says that AWS cannot be reached, as a document, under the same headers', async () => {
    const {status, headers, json} = await page.get('/api/overview');
    expect(status).toBe(502);
    expect(json).toMatchObject({version: 1, error: {kind: 'unreachable', text: expect.any(String)}});
    expect(headers['cache-control']).toBe('no-store');
  });
});
