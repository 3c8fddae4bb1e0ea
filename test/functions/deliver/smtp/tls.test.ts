import type {TLSSocketOptions} from 'node:tls';
import {afterEach, beforeAll, describe, expect, test} from 'vitest';
import {Lane} from '../../../../functions/deliver/lane.ts';
import {Connections} from '../../../../functions/deliver/pace/connections.ts';
import {openSession} from '../../../../functions/deliver/smtp/smtp-opening.ts';
import {parseMailbox} from '../../../../shared/smtp/address.ts';
import {contentOf} from '../../../../shared/smtp/content.ts';
import type {Target} from '../../../../shared/smtp/target.ts';
import {type Script, startLineServer} from '../../../servers/line-server.ts';
import {inStillTime} from '../../runtime/still-time.ts';
import {transact} from '../lane-under-test.ts';
import {
  credentials,
  endTls,
  open,
  options,
  running,
  serve,
  serveLines,
  targetOf,
  trustCertificate,
} from './tls-under-test.ts';

beforeAll(trustCertificate);
afterEach(endTls);

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

describe('the certificate', () => {
  const facts = async (more: Partial<Target>, wantsCertificate: boolean) => {
    const opened = await openSession(targetOf(await serve(), more), {...options, wantsCertificate});
    if (opened.ok) running.push({close: () => opened.session.quit()});
    return opened.facts;
  };

  test('is told where it was asked for', async () => {
    const certificate = {verified: true, result: 'ok', subject: {common: 'localhost'}, version: 3};
    expect(await facts({}, true)).toMatchObject({certificate});
    expect(await facts({}, false)).not.toHaveProperty('certificate');
  });

  test.each([
    ['a connection that goes on all the same', 'required'],
    ['a connection that is refused for it', 'verified'],
  ] as const)('is told with what is wrong with it, of %s', async (_, security) => {
    const result = 'the certificate is for localhost, 127.0.0.1, not for smtp.example.net';
    const told = await facts({security, host: 'smtp.example.net'}, true);
    expect(told).toMatchObject({certificate: {verified: false, result}});
  });
});

test('implicit TLS is encrypted before the greeting', async () => {
  const server = await serve({secure: true});
  expect(await open(server, {implicitTls: true, security: 'verified'})).toMatchObject({
    facts: {verified: true},
  });
});

test('implicit TLS to a server that speaks in clear fails and is not tried in clear', async () => {
  const opened = await open(await serve(), {implicitTls: true});
  expect(opened.failure).toMatchObject({stage: 'starttls', fact: 'tls-failed'});
});

test.each(['PLAIN', 'LOGIN'] as const)('credentials are given by AUTH %s over TLS', async method => {
  const server = await serve({authMethods: [method]});
  expect(await open(server, {credentials})).toMatchObject({facts: {authentication: method, verified: true}});
});

test('wrong credentials are refused without being shown', async () => {
  const opened = await open(await serve(), {credentials: {username: 'me', password: 'letmein!'}});
  expect(opened.failure).toMatchObject({stage: 'authplain', result: 'error', reply: {code: 535}});
  expect(JSON.stringify(opened)).not.toContain('letmein');
});

test('a message goes through, 8-bit and all, over an authenticated TLS session', async () => {
  const server = await serve({authOptional: false});
  const to = parseMailbox('jörg@example.org');
  if (!to.ok) throw new Error(to.problem);
  const text = 'Subject: Grüße\r\n\r\n.\r\nbody\r\n';
  const lane = new Lane(new Connections(Date.now));
  const mail = {from: undefined, to: to.value, content: contentOf(text)};
  const sent = await transact(lane, targetOf(server, {credentials, security: 'verified'}), mail, options);
  lane.close();
  expect(sent).toMatchObject({ok: true, reply: {code: 250}, messages: 1});
  expect(server.received.map(message => message.text)).toEqual([text]);
});

const refusing = (more: TLSSocketOptions = {}): Script => ({
  tls: {requestCert: true, rejectUnauthorized: true, ...more},
});
const lastWords: readonly (readonly [string, Script])[] = [
  ['wants a client certificate', refusing()],
  ['wants one under TLS 1.2', refusing({maxVersion: 'TLSv1.2'})],
  ['resets the connection behind the handshake', {onSecured: (_, raw) => void raw.resetAndDestroy()}],
  ['closes the connection behind the handshake', {onSecured: secured => void secured.end()}],
];

describe.each(lastWords)('a server that %s', (_, script) => {
  test('gets mail in clear, over another connection, if that is allowed', async () => {
    for (const more of [{}, {security: 'optional'}, {security: 'optional', credentials}] as const) {
      const server = await serveLines({
        ...script,
        says: (line, isSecure) =>
          line.startsWith('EHLO') && !isSecure ? '250-x\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n' : undefined,
      });
      const opened = await open(server, more);
      expect(opened).toMatchObject({facts: {to: '127.0.0.1'}});
      expect(opened.facts).not.toHaveProperty('cipher');
      expect(opened.facts).not.toHaveProperty('verified');
      expect(server.connections()).toBe(2);
    }
  });

  test('gets none if clear text is not allowed', async () => {
    const dane = {records: [], names: []};
    for (const more of [
      {security: 'required'},
      {security: 'verified'},
      {dane},
      {credentials},
      {security: 'optional', dane},
    ] as const) {
      const server = await serveLines(script);
      const {failure} = await open(server, more);
      expect(failure?.stage).toMatch(/^(starttls|ehlo)$/);
      expect(server.connections()).toBe(1);
      expect(server.lines.filter(line => /AUTH|MAIL/.test(line))).toEqual([]);
    }
  });

  test('gets none over implicit TLS', async () => {
    const server = await serveLines({...script, isImplicit: true});
    const {failure} = await open(server, {implicitTls: true, security: 'optional'});
    expect(failure?.stage).toMatch(/^(starttls|intro|ehlo)$/);
    expect(server.connections()).toBe(1);
  });
});

test.each([{}, {implicitTls: true}])(
  'a refusal by TLS says so, also behind the handshake (%j)',
  async more => {
    const server = await serveLines({...refusing(), isImplicit: 'implicitTls' in more});
    const {failure} = await open(server, {security: 'required', ...more});
    expect(failure).toMatchObject({
      stage: 'starttls',
      fact: 'tls-failed',
      description: expect.stringMatching(/^the server wants a certificate of its clients/),
    });
  },
);

test('a refusal inside TLS is no reason for clear text', async () => {
  const server = await serveLines({
    says: (line, isSecure) => (isSecure && /^(EHLO|HELO)/.test(line) ? '554 5.7.1 no\r\n' : undefined),
  });
  const {failure} = await open(server, {security: 'optional'});
  expect(failure).toMatchObject({stage: 'helo', reply: {code: 554}});
  expect(server.connections()).toBe(1);
});

describe('what was said in clear is forgotten', () => {
  const said = {
    clear: '250-x\r\n250-SIZE 9\r\n250-AUTH PLAIN\r\n250-PIPELINING\r\n250 STARTTLS\r\n',
    none: '250 x\r\n',
  };
  test.each([
    ['a reply under TLS that offers nothing', said.none],
    ['a refusal of EHLO under TLS', '502 5.5.1 no\r\n'],
    ['junk at EHLO under TLS', 'what?\r\n'],
  ])('before %s', async (_, secured) => {
    const says: Script['says'] = (line, isSecure) =>
      line.startsWith('EHLO') ? (isSecure ? secured : said.clear) : undefined;
    const server = await serveLines({says});
    const lane = new Lane(new Connections(Date.now));
    running.push(lane);
    const to = parseMailbox('you@example.org');
    if (!to.ok) throw new Error(to.problem);
    const mail = {from: undefined, to: to.value, content: contentOf('Subject: x\r\n\r\nbody\r\n')};
    expect(await transact(lane, targetOf(server), mail, options)).toMatchObject({ok: true});
    expect(server.lines).toContain('TLS MAIL FROM:<>');
    const another = await serveLines({says});
    expect((await open(another, {credentials})).failure).toMatchObject({fact: 'auth-not-offered'});
  });

  test('but what is said under TLS counts', async () => {
    const says: Script['says'] = (line, isSecure) =>
      line.startsWith('EHLO')
        ? isSecure
          ? '250-x\r\n250 AUTH PLAIN\r\n'
          : '250-x\r\n250 STARTTLS\r\n'
        : undefined;
    const server = await serveLines({says});
    expect(await open(server, {credentials})).toMatchObject({facts: {authentication: 'PLAIN'}});
  });
});

test.each(['220 go\r\n250-evil\r\n250 AUTH PLAIN\r\n', '220 go\r\n250', '220 go\r\n\r\n', '220 go\r\n\0'])(
  'octets behind the reply to STARTTLS (%j) end it, and clear text is not tried',
  async reply => {
    const server = await serveLines({says: line => (line === 'STARTTLS' ? reply : undefined)});
    const {failure} = await open(server, {security: 'optional', credentials});
    expect(failure).toMatchObject({stage: 'starttls', result: 'lost'});
    expect(server.lines).toEqual(['EHLO relay.example', 'STARTTLS']);
    expect(server.connections()).toBe(1);
  },
);

test.each(['454 4.7.0 later\r\n', '502\r\n', '421 bye\r\n', 'what?\r\n'])(
  'STARTTLS that is refused with %j is done without where it may be',
  async reply => {
    const server = await serveLines({says: line => (line === 'STARTTLS' ? reply : undefined)});
    expect(await open(server)).toMatchObject({facts: {to: '127.0.0.1'}});
    expect((await open(server, {security: 'required'})).failure).toMatchObject({stage: 'starttls'});
  },
);

test('a handshake that takes too long ends in time, and nothing is left open', async () => {
  const server = await startLineServer({
    says: line =>
      line.startsWith('EHLO') ? '250-x\r\n250 STARTTLS\r\n' : /^$|STARTTLS/.test(line) ? '220\r\n' : '',
  });
  running.push(server);
  const target = targetOf(server, {security: 'required'});
  const opened = await inStillTime(
    () => openSession(target, {...options, deadlineMs: Date.now() + 300}),
    () => server.lines.includes('STARTTLS'),
  );
  expect(opened).toMatchObject({ok: false, failure: {stage: 'starttls', result: 'timeout'}});
  while (server.open() > 0) await new Promise(resolve => setTimeout(resolve, 5));
});
