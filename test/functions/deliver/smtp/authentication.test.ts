// AUTH at servers that take some mechanisms and not others. AUTH over TLS is in tls.test.ts.

import {afterEach, describe, expect, test} from 'vitest';
import {openSession} from '../../../../functions/deliver/smtp/smtp-opening.ts';
import {type LineServer, startLineServer} from '../../../servers/line-server.ts';
import {optionsOf} from './opening-under-test.ts';

const running: {close(): unknown}[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
});

const base64 = (text: string) => Buffer.from(text).toString('base64');
const me = {username: 'me', password: 'hunter2'};
const plain = base64('\0me\0hunter2');

/** The replies to AUTH, by mechanism, one behind the other; then to any line of the exchange. */
async function serve(offered: string, replies: Readonly<Record<string, readonly string[]>>) {
  let left: string[] = [];
  const server = await startLineServer({
    says: line => {
      const [verb, mechanism = ''] = line.split(' ');
      if (verb === 'EHLO') return `250-line.example\r\n250 AUTH ${offered}\r\n`;
      if (verb === 'QUIT' || line === '') return undefined;
      if (line === '*') return '501 5.7.0 cancelled\r\n';
      if (verb === 'AUTH') left = [...(replies[mechanism] ?? ['504 5.5.4 no such thing'])];
      return `${left.shift() ?? '500 5.5.2 what?'}\r\n`;
    },
  });
  running.push(server);
  return server;
}

async function open({port}: LineServer, credentials = me) {
  const target = {
    host: 'line.example',
    address: '127.0.0.1',
    port,
    security: 'opportunistic',
    implicitTls: false,
    credentials,
  } as const;
  const opened = await openSession(target, optionsOf());
  if (opened.ok) {
    running.push({close: () => opened.session.quit()});
    return {by: opened.session.facts.authentication};
  }
  const {stage, result, reply, fact, description} = opened.failure;
  return {by: opened.facts.authentication, stage, result, said: reply?.code ?? fact, description};
}

const exchangeOf = ({lines}: LineServer) => lines.filter(line => !/^(EHLO|QUIT)/.test(line));

describe('AUTH PLAIN', () => {
  // With the command, the line is as long as this and a third of the credentials.
  const passwordFor = (lineOctets: number) => 'p'.repeat(((lineOctets - 13) / 4) * 3 - '\0me\0'.length);

  test.each([
    [509, true],
    [513, false],
  ])('in a line of %i octets has its response in the command: %s', async (octets, isInitial) => {
    const password = passwordFor(octets);
    const response = base64(`\0me\0${password}`);
    expect(`AUTH PLAIN ${response}\r\n`).toHaveLength(octets);
    const server = await serve('PLAIN', {PLAIN: isInitial ? ['235 ok'] : ['334', '235 ok']});
    expect(await open(server, {username: 'me', password})).toEqual({by: 'PLAIN'});
    expect(exchangeOf(server)).toEqual(isInitial ? [`AUTH PLAIN ${response}`] : ['AUTH PLAIN', response]);
  });

  test.each(['334', '334 ', '334 \r', '334 go on', '334-\r\n334'])(
    'gives its response again where %j asks for it',
    async challenge => {
      const server = await serve('PLAIN', {PLAIN: [challenge, '235']});
      expect(await open(server)).toEqual({by: 'PLAIN'});
      expect(exchangeOf(server)).toEqual([`AUTH PLAIN ${plain}`, plain]);
    },
  );
});

describe('AUTH LOGIN', () => {
  test.each([
    ['334 VXNlcm5hbWU6', '334 UGFzc3dvcmQ6'],
    ['334', '334'],
    ['334 ', '334\t'],
    ['334 Username:', '334 Password:'],
  ])('answers %j and %j', async (first, second) => {
    const server = await serve('LOGIN', {LOGIN: [first, second, '235 2.7.0 ok']});
    expect(await open(server)).toEqual({by: 'LOGIN'});
    expect(exchangeOf(server)).toEqual(['AUTH LOGIN', base64('me'), base64('hunter2')]);
  });
});

describe('AUTH CRAM-MD5', () => {
  test('is preferred in clear, and answers the example of RFC 2195', async () => {
    const challenge = 'PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+';
    const server = await serve('PLAIN CRAM-MD5', {'CRAM-MD5': [`334 ${challenge}`, '235']});
    expect(await open(server, {username: 'tim', password: 'tanstaaftanstaaf'})).toEqual({by: 'CRAM-MD5'});
    const answer = 'dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw';
    expect(exchangeOf(server)).toEqual(['AUTH CRAM-MD5', answer]);
  });

  test.each(['334', '334 ', '334 !!!', '334 <1896.697170952@example>', '334 a=b='])(
    'is cancelled where the challenge is %j; the next one is tried',
    async challenge => {
      const server = await serve('CRAM-MD5 PLAIN', {'CRAM-MD5': [challenge], PLAIN: ['235']});
      expect(await open(server)).toEqual({by: 'PLAIN'});
      expect(exchangeOf(server)).toEqual(['AUTH CRAM-MD5', '*', `AUTH PLAIN ${plain}`]);
      const alone = await serve('CRAM-MD5', {'CRAM-MD5': [challenge]});
      expect(await open(alone)).toMatchObject({by: 'CRAM-MD5', stage: 'authcram', result: 'invalid'});
    },
  );
});

describe('a mechanism that is refused as such', () => {
  test.each([
    '500',
    '501 5.5.2 what?',
    '502 5.5.1 no',
    '504 5.7.4 unknown',
    '534 5.7.9 weak',
    '538 5.7.11 TLS',
  ])('(%s) is followed by the next one', async refusal => {
    const server = await serve('LOGIN PLAIN', {PLAIN: [refusal], LOGIN: ['334', '334', '235']});
    expect(await open(server)).toEqual({by: 'LOGIN'});
    const later = await serve('LOGIN PLAIN', {PLAIN: ['334', refusal], LOGIN: ['334', '334', '235']});
    expect(await open(later)).toEqual({by: 'LOGIN'});
  });

  test('is a failure when no other is offered', async () => {
    const server = await serve('PLAIN', {PLAIN: ['504 5.5.4 unknown']});
    expect(await open(server)).toMatchObject({stage: 'authplain', result: 'error', said: 504});
  });

  test('is reported by the refusal of the last one', async () => {
    const server = await serve('PLAIN LOGIN', {PLAIN: ['504'], LOGIN: ['334', '334', '535 5.7.8 no']});
    expect(await open(server)).toMatchObject({by: 'LOGIN', stage: 'authlogin', said: 535});
  });

  test('may be one that asks for ever', async () => {
    const server = await serve('PLAIN LOGIN', {PLAIN: ['334', '334', '334'], LOGIN: ['334', '334', '235']});
    expect(await open(server)).toEqual({by: 'LOGIN'});
    expect(exchangeOf(server).slice(0, 3)).toEqual([`AUTH PLAIN ${plain}`, plain, '*']);
  });
});

test.each([
  '535 5.7.8 wrong',
  '535',
  '530 5.7.0 no',
  '550 5.7.1 no',
  '454 4.7.0 later',
  '432 4.7.12 change it',
])('credentials that are refused (%s) are not tried again', async refusal => {
  const server = await serve('PLAIN LOGIN', {PLAIN: [refusal], LOGIN: ['334', '334', '235']});
  expect(await open(server)).toMatchObject({stage: 'authplain', said: Number(refusal.slice(0, 3))});
  expect(exchangeOf(server)).toHaveLength(1);
});

test.each([
  ['PLAIN AUTH=LOGIN', 'PLAIN'],
  ['plain', 'PLAIN'],
  ['=LOGIN PLAIN', 'PLAIN'],
])('offered as %j is %s', async (offered, by) => {
  const server = await serve(offered, {PLAIN: ['235'], LOGIN: ['334', '334', '235']});
  expect(await open(server)).toEqual({by});
});

test.each(['XOAUTH2', 'GSSAPI NTLM', ''])('none of %j can be used', async offered => {
  const server = await serve(offered, {});
  expect(await open(server)).toMatchObject({stage: 'auth', result: 'error', said: 'auth-not-offered'});
});

describe('what a server echoes is not shown', () => {
  test.each([
    ['hunter2', '535 5.7.8 wrong: hunter2'],
    ['hunter2', `535 5.7.8 wrong: ${plain}`],
    ['hunter2', `535-5.7.8 wrong: ${plain.slice(0, 10)}\r\n535 5.7.8 and so on`],
    ['x', '535 5.7.8 wrong: x'],
    ['x', `535 5.7.8 wrong: ${base64('\0me\0x')}`],
    ['25', '535 5.7.8 wrong: 25'],
  ])('of %j in %j', async (password, reply) => {
    const server = await serve('PLAIN', {PLAIN: [reply]});
    const {description, ...rest} = await open(server, {username: 'me', password});
    expect(rest).toMatchObject({stage: 'authplain', said: 535});
    expect(description).toContain('***');
    for (const shown of [password, plain.slice(0, 10), base64(`\0me\0${password}`)])
      expect(description).not.toContain(shown);
  });

  test.each(['x', '25', '535', 'e'])('and no word is masked for being like %j', async password => {
    const server = await serve('PLAIN', {PLAIN: ['501 5.5.2 Syntax error, 250 expected']});
    expect(await open(server, {username: 'me', password})).toMatchObject({
      said: 501,
      description: 'Syntax error, 250 expected',
    });
  });
});
