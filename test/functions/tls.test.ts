import {readFileSync} from 'node:fs';
import type {AddressInfo} from 'node:net';
import tls from 'node:tls';
import {SMTPServer, type SMTPServerOptions} from 'smtp-server';
import {afterEach, beforeAll, describe, expect, test} from 'vitest';
import {Connections} from '../../functions/deliver/connections.ts';
import {Lane} from '../../functions/deliver/lane.ts';
import {openSession, type Target} from '../../functions/deliver/smtp-opening.ts';
import {parseMailbox} from '../../shared/address.ts';
import {defaultCapacity} from '../../shared/capacity.ts';
import {contentOf} from '../../shared/content.ts';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/${name}`, import.meta.url), 'utf8');
const certificate = {key: fixture('localhost.key'), cert: fixture('localhost.crt')};
const credentials = {username: 'me', password: 'hunter2'};
const options = {
  heloName: 'relay.example',
  deadlineMs: Date.now() + 60_000,
  now: Date.now,
  connectTimeoutMs: 5_000,
  pipelining: true,
  capacity: defaultCapacity.smarthost,
};

const running: {close(): unknown}[] = [];
afterEach(() => {
  for (const each of running.splice(0)) each.close();
});
// The fixture is trusted as a certificate of a public authority would be; smtp-server's own is not.
beforeAll(() => tls.setDefaultCACertificates([...tls.getCACertificates(), certificate.cert]));

async function serve(serverOptions: SMTPServerOptions = {}): Promise<number> {
  const server = new SMTPServer({
    ...certificate,
    authOptional: true,
    disableReverseLookup: true,
    onAuth: ({password}, _, done) =>
      password === credentials.password ? done(null, {user: 'me'}) : done(new Error('Invalid login')),
    onData: (stream, _, done) => stream.resume().on('end', () => done(null)),
    ...serverOptions,
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  running.push(server);
  return (server.server.address() as AddressInfo).port;
}

const targetOf = (port: number, more: Partial<Target> = {}): Target => ({
  host: 'localhost',
  address: '127.0.0.1',
  port,
  security: 'opportunistic',
  implicitTls: false,
  ...more,
});

async function open(port: number, more: Partial<Target> = {}) {
  const opened = await openSession(targetOf(port, more), options);
  if (opened.ok) running.push(opened.session);
  return opened.ok ? {facts: opened.session.facts} : {failure: opened.failure};
}

describe('STARTTLS', () => {
  test('is used when it is offered, and the facts say how', async () => {
    expect(await open(await serve())).toMatchObject({
      facts: {
        verified: true,
        to: '127.0.0.1',
        cipher: {version: 'TLSv1.3', name: expect.stringMatching(/^TLS_/)},
      },
    });
  });

  test('with the level verified takes a certificate for the host’s name', async () => {
    expect(await open(await serve(), {security: 'verified'})).toMatchObject({facts: {verified: true}});
  });

  test('with the level verified refuses a certificate for another name', async () => {
    const opened = await open(await serve(), {security: 'verified', host: 'smtp.example.net'});
    expect(opened.failure).toMatchObject({stage: 'starttls', fact: 'tls-failed'});
  });

  test('with the level required takes any certificate, and the facts say that it is not verified', async () => {
    const opened = await open(await serve(), {security: 'required', host: 'smtp.example.net'});
    expect(opened.facts).toMatchObject({verified: false});
  });
});

test('implicit TLS is encrypted before the greeting', async () => {
  const port = await serve({secure: true});
  expect(await open(port, {implicitTls: true, security: 'verified'})).toMatchObject({
    facts: {verified: true},
  });
});

test('implicit TLS to a server that speaks in clear fails and is not tried in clear', async () => {
  const opened = await open(await serve(), {implicitTls: true});
  expect(opened.failure).toMatchObject({stage: 'starttls', fact: 'tls-failed'});
});

test.each(['PLAIN', 'LOGIN'] as const)('credentials are given by AUTH %s over TLS', async method => {
  const port = await serve({authMethods: [method]});
  expect(await open(port, {credentials})).toMatchObject({facts: {authentication: method, verified: true}});
});

test('wrong credentials are refused without being shown', async () => {
  const opened = await open(await serve(), {credentials: {username: 'me', password: 'letmein!'}});
  expect(opened.failure).toMatchObject({stage: 'authplain', result: 'error', reply: {code: 535}});
  expect(JSON.stringify(opened)).not.toContain('letmein');
});

test('a message goes through, 8-bit and all, over an authenticated TLS session', async () => {
  const received: Buffer[] = [];
  const port = await serve({
    authOptional: false,
    onData: (stream, _, done) => stream.on('data', chunk => received.push(chunk)).on('end', () => done(null)),
  });
  const to = parseMailbox('jörg@example.org');
  if (!to.ok) throw new Error(to.problem);
  const text = 'Subject: Grüße\r\n\r\n.\r\nbody\r\n';
  const lane = new Lane(new Connections(Date.now));
  const mail = {from: undefined, to: to.value, content: contentOf(text)};
  const sent = await lane.transact(targetOf(port, {credentials, security: 'verified'}), mail, options);
  lane.close();
  expect(sent).toMatchObject({ok: true, reply: {code: 250}, messages: 1});
  expect(Buffer.concat(received).toString()).toBe(text);
});
