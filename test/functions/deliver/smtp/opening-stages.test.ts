// What an opening says of itself, how long it waits at each stage, and what it leaves behind.

import {afterEach, describe, expect, test} from 'vitest';
import type {LineServer} from '../../../servers/line-server.ts';
import {inStillTime} from '../../runtime/still-time.ts';
import {credentials, endOpenings, open, optionsOf, serve} from './opening-under-test.ts';

afterEach(endOpenings);

describe('each stage has its time, and no more than is left', () => {
  const says = (stage: RegExp) => (line: string) =>
    stage.test(line)
      ? ''
      : line.startsWith('EHLO')
        ? '250-line.example\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN CRAM-MD5\r\n'
        : line === 'STARTTLS'
          ? '220 go\r\n'
          : undefined;
  test.each([
    ['intro', /^$/, {}],
    ['ehlo', /^EHLO/, {}],
    ['starttls', /^STARTTLS/, {security: 'required'}],
  ] as const)('%s', async (stage, pattern, more) => {
    const server = await serve({says: says(pattern)});
    const {failure} = await inStillTime(
      () => open(server, more, optionsOf(200)),
      () => (stage === 'intro' ? server.connections() > 0 : server.lines.some(line => pattern.test(line))),
    );
    expect(failure).toMatchObject({stage, result: 'timeout'});
  });

  test.each([
    ['helo', {EHLO: '502 no\r\n', HELO: ''}],
    ['authplain', {EHLO: '250-x\r\n250 AUTH PLAIN\r\n', AUTH: ''}],
    ['authlogin', {EHLO: '250-x\r\n250 AUTH LOGIN\r\n', AUTH: '334\r\n', 'bWU=': ''}],
    ['authcram', {EHLO: '250-x\r\n250 AUTH CRAM-MD5\r\n', AUTH: ''}],
  ])('%s', async (stage, replies: Record<string, string>) => {
    const server = await serve({says: line => replies[line.split(' ')[0]!]});
    const [silent] = Object.entries(replies).find(([, reply]) => reply === '')!;
    const {failure} = await inStillTime(
      () => open(server, {credentials}, optionsOf(200)),
      () => server.lines.some(line => line.startsWith(silent)),
    );
    expect(failure).toMatchObject({stage, result: 'timeout'});
  });
});

describe('the name in EHLO', () => {
  const ehloOf = ({lines}: LineServer) => lines.find(line => line.startsWith('EHLO'));

  test('is the one of the settings, or the address of our end', async () => {
    const server = await serve();
    await open(server);
    expect(ehloOf(server)).toBe('EHLO relay.example');
    const another = await serve();
    await open(another, {}, {...optionsOf(), heloName: undefined});
    expect(ehloOf(another)).toBe('EHLO [127.0.0.1]');
  });

  test('is an IPv6 address over such a connection', async () => {
    const server = await serve({host: '::1'}).catch(() => undefined);
    // Some machines have no IPv6.
    if (server === undefined) return;
    await open(server, {address: '::1'}, {...optionsOf(), heloName: undefined});
    expect(ehloOf(server)).toBe('EHLO [IPv6:::1]');
  });

  test('is the same in HELO', async () => {
    const server = await serve({says: line => (line.startsWith('EHLO') ? '502\r\n' : undefined)});
    await open(server, {}, {...optionsOf(), heloName: undefined});
    expect(server.lines.slice(0, 2)).toEqual(['EHLO [127.0.0.1]', 'HELO [127.0.0.1]']);
  });
});

test('a session that failed leaves no connection behind', async () => {
  for (const pattern of [/^$/, /^EHLO/, /^AUTH/]) {
    const server = await serve({
      says: line => {
        if (pattern.test(line)) return '554 5.7.1 no\r\n';
        if (line.startsWith('HELO')) return '554 no\r\n';
        return line.startsWith('EHLO') ? '250-x\r\n250 AUTH PLAIN\r\n' : undefined;
      },
    });
    expect(await open(server, {credentials})).toMatchObject({failure: {reply: {code: 554}}});
    while (server.open() > 0) await new Promise(resolve => setTimeout(resolve, 5));
  }
});
