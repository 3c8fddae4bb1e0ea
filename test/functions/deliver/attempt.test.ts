// One attempt in one line for each thing that a server may do.

import {afterEach, describe, expect, test} from 'vitest';
import {type Answer, startScriptedServer, type Verb} from '../../servers/scripted-server.ts';
import {inStillTime} from '../runtime/still-time.ts';
import {attempt, plainEhlo, summaryOf} from './attempt-under-test.ts';
import {endLanes, serve} from './lane-under-test.ts';

afterEach(endLanes);

const pipelining = '250-scripted.example\r\n250-8BITMIME\r\n250 PIPELINING';

const rules: readonly (readonly [string, Partial<Record<Verb, Answer>>, string])[] = [
  ['a well-behaved server', {}, 'accepted 250'],
  ['a greeting of 421', {connect: '421 busy'}, 'intro, error, deferred, 4.4.1, next host, target'],
  [
    'a greeting of 554',
    {connect: '554 5.3.2 no mail here'},
    'intro, error, deferred, 4.4.1, next host, target',
  ],
  ['a drop instead of a greeting', {connect: 'drop'}, 'intro, lost, deferred, 4.4.1, next host, target'],
  ['a greeting that is no reply', {connect: 'hello!'}, 'intro, invalid, deferred, 4.5.0, next host, target'],
  [
    'EHLO and HELO refused',
    {EHLO: '502 no', HELO: '502 no'},
    'helo, error, deferred, 4.4.1, next host, target',
  ],
  ['EHLO refused, HELO taken', {EHLO: '502 no'}, 'accepted 250'],
  ['EHLO refused for now', {EHLO: '451 4.3.0 busy'}, 'ehlo, error, deferred, 4.3.0, next host, target'],
  ['a drop at EHLO', {EHLO: 'drop'}, 'ehlo, lost, deferred, 4.4.2, next host, target'],
  ['MAIL 451', {MAIL: '451 4.3.0 later'}, 'mailfrom, error, deferred, 4.3.0, next host'],
  ['MAIL 421', {MAIL: '421 4.3.2 closing'}, 'mailfrom, error, deferred, 4.3.2, next host'],
  ['MAIL 550', {MAIL: '550 5.1.8 bad sender'}, 'mailfrom, error, bounced, 5.1.8'],
  ['MAIL 503', {MAIL: '503 5.5.1 bad sequence'}, 'mailfrom, error, deferred, 4.5.0'],
  ['MAIL 530', {MAIL: '530 5.7.0 authenticate first'}, 'mailfrom, error, deferred, 4.7.0, next host, target'],
  ['a drop at MAIL', {MAIL: 'drop'}, 'mailfrom, lost, deferred, 4.4.2, next host, target'],
  ['junk at MAIL', {MAIL: 'what?'}, 'mailfrom, invalid, deferred, 4.5.0, next host, target'],
  ['RCPT 450', {RCPT: '450 4.2.1 greylisted'}, 'rcptto, error, deferred, 4.2.1, next host'],
  ['RCPT 550', {RCPT: '550 5.1.1 unknown'}, 'rcptto, error, bounced, 5.1.1'],
  ['RCPT 550 without a status', {RCPT: '550 unknown'}, 'rcptto, error, bounced, 5.0.0'],
  ['RCPT 552 without a status', {RCPT: '552 too many'}, 'rcptto, error, deferred, 4.5.3, next host'],
  ['a drop at RCPT', {RCPT: 'drop'}, 'rcptto, lost, deferred, 4.4.2, next host, target'],
  ['DATA 451', {DATA: '451 4.3.0 later'}, 'data, error, deferred, 4.3.0, next host'],
  ['DATA 554', {DATA: '554 5.7.1 no'}, 'data, error, bounced, 5.7.1'],
  ['a drop at DATA', {DATA: 'drop'}, 'data, lost, deferred, 4.4.2, next host, target'],
  ['the dot 452', {'.': '452 4.3.1 full'}, 'message, error, deferred, 4.3.1, next host'],
  ['the dot 554', {'.': '554 5.6.0 spam'}, 'message, error, bounced, 5.6.0'],
  ['the dot 354', {'.': '354 more?'}, 'message, error, deferred, 4.5.0, maybe sent'],
  ['junk after the dot', {'.': '2oops'}, 'message, invalid, deferred, 4.5.0, maybe sent'],
  ['a drop after the dot', {'.': 'drop'}, 'message, lost, deferred, 4.4.2, maybe sent'],
];

describe.each([
  ['one command at a time', plainEhlo],
  ['pipelined', pipelining],
])('an attempt, %s', (_, EHLO) => {
  test.each(rules)('%s', async (_, script, expected) => {
    const outcome = await attempt(await serve({EHLO, ...script}));
    expect(summaryOf(outcome)).toBe(expected);
  });

  test.each([
    ['connect', 'intro, timeout, deferred, 4.4.1, next host, target'],
    ['MAIL', 'mailfrom, timeout, deferred, 4.4.2, next host, target'],
    ['.', 'message, timeout, deferred, 4.4.2, maybe sent'],
  ] as const)('silence at %s ends with the time that is left', async (verb, expected) => {
    const server = await serve({EHLO, [verb]: 'silence'});
    const isSilent = () =>
      verb === 'connect'
        ? server.connections() > 0
        : [...server.commands, ...server.texts.map(() => '.')].some(line => line.startsWith(verb));
    const outcome = await inStillTime(() => attempt(server, {withinMs: 300}), isSilent);
    expect(summaryOf(outcome)).toBe(expected);
  });
});

test('a refused connection is deferred and counts against the target', async () => {
  const server = await startScriptedServer();
  await server.close();
  expect(summaryOf(await attempt(server))).toBe('connect, lost, deferred, 4.4.1, next host, target');
});

test('an unknown host name defers the message, as a smarthost’s name may come back', async () => {
  const outcome = await attempt({port: 25}, {hosts: ['nowhere.invalid']});
  expect(summaryOf(outcome)).toBe('dns, error, deferred, 4.4.3');
});
