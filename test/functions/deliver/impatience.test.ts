// How long each queue waits for a server at each stage, and what that means for the message and its receiver. Time passes
// only while the server is silent.

import {setTimeout as delay} from 'node:timers/promises';
import {afterEach, describe, expect, test} from 'vitest';
import {openSession} from '../../../functions/deliver/smtp/smtp-opening.ts';
import {allowanceOf} from '../../../functions/deliver/smtp/timeouts.ts';
import {stateOf} from '../../../shared/delivery/receivers/change-line.ts';
import {isUnanswered} from '../../../shared/delivery/receivers/entry.ts';
import type {DeliveryQueue} from '../../../shared/delivery/receivers/placement.ts';
import {receiversOf} from '../../samples/receivers.ts';
import {startLineServer} from '../../servers/line-server.ts';
import type {Answer, ScriptedServer, Verb} from '../../servers/scripted-server.ts';
import {inStillTime} from '../runtime/still-time.ts';
import {type AttemptWith, rawAttempt, serveTwo} from './attempt-under-test.ts';
import {endLanes, options, running, serve, targetOf} from './lane-under-test.ts';

afterEach(endLanes);

const receiver = 'example.org';
const credentials = {username: 'me', password: 'hunter2'};
const EHLO = '250-scripted.example\r\n250-STARTTLS\r\n250-AUTH PLAIN\r\n250 PIPELINING';
type Stage = 'connect' | 'EHLO' | 'STARTTLS' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | '.';

const scriptOf = (stage: Stage, answer: Answer): Partial<Record<Verb, Answer>> => ({
  EHLO: stage === 'STARTTLS' ? EHLO : EHLO.replace('250-STARTTLS\r\n', ''),
  [stage]: answer,
});
const isAt = (stage: Stage, {connections, commands, texts}: ScriptedServer): boolean => {
  if (stage === 'connect') return connections() > 0;
  return stage === '.' ? texts.length > 0 : commands.some(line => line.startsWith(stage));
};

/** What came of an attempt in words, and after how many seconds. */
async function attemptIn(queue: DeliveryQueue, server: ScriptedServer, stage: Stage, more: AttemptWith = {}) {
  let seconds = 0;
  const outcome = await inStillTime(
    async () => {
      const startMs = Date.now();
      // Longer than any stage.
      const attempt = await rawAttempt(server, {queue, withinMs: 890_000, credentials, ...more});
      seconds = (Date.now() - startMs) / 1000;
      return attempt;
    },
    () => isAt(stage, server),
  );
  const failure = 'failure' in outcome ? outcome.failure : undefined;
  return {
    what: `${outcome.kind} ${failure?.stage} ${failure?.result}`,
    // Time passes in steps of 50 ms.
    seconds: Math.round(seconds),
  };
}

const rows: readonly (readonly [Stage, string, fastS: number, slowS: number])[] = [
  ['connect', 'intro', 10, 60],
  ['EHLO', 'ehlo', 10, 60],
  ['STARTTLS', 'starttls', 10, 60],
  ['AUTH', 'authplain', 10, 60],
  ['MAIL', 'mailfrom', 30, 120],
  ['RCPT', 'rcptto', 30, 120],
  ['DATA', 'data', 30, 180],
];

describe.each(rows)('a server that is silent at %s', (stage, name, fastS, slowS) => {
  const silent = () => serve(scriptOf(stage, 'silence'));

  test(`has ${fastS} s in the fast queue, and uses up no attempt`, async () => {
    expect(await attemptIn('fast', await silent(), stage)).toEqual({
      what: `overran ${name} timeout`,
      seconds: fastS,
    });
  });

  test(`has ${slowS} s in the slow queue, and that is an attempt`, async () => {
    expect(await attemptIn('slow', await silent(), stage)).toEqual({
      what: `attempted ${name} timeout`,
      seconds: slowS,
    });
  });

  test('is slow after two messages', async () => {
    const receivers = receiversOf();
    const server = await silent();
    await attemptIn('fast', server, stage, {receivers});
    const before = receivers.entryOf(receiver);
    await attemptIn('fast', await silent(), stage, {receivers});
    const entry = receivers.entryOf(receiver)!;
    const isSession = ['MAIL', 'RCPT', 'DATA'].includes(stage);
    // A reply that was ten seconds late counts, and that it did not come at all.
    expect(stateOf(before)).toBe(isSession ? 'slow' : 'up');
    expect([stateOf(entry), isUnanswered(entry)]).toEqual(['slow', !isSession]);
  });
});

test('a text is answered within two minutes for the fast queue, and that is an attempt: it may have been taken', async () => {
  expect(await attemptIn('fast', await serve(scriptOf('.', 'silence')), '.')).toEqual({
    what: 'attempted message timeout',
    seconds: 120,
  });
  expect(await attemptIn('slow', await serve(scriptOf('.', 'silence')), '.')).toEqual({
    what: 'attempted message timeout',
    seconds: 600,
  });
});

test('a handshake of TLS is part of the opening, and so is the connection in clear after it', async () => {
  let connections = 0;
  const server = await startLineServer({
    says: (line, _, {socket}) => {
      if (line === '' && connections++ > 0) {
        setTimeout(() => socket.write('220 late\r\n'), 250);
        return '';
      }
      if (line === 'STARTTLS') return '220 go\r\n';
      return line.startsWith('EHLO') ? '250-x\r\n250 STARTTLS\r\n' : undefined;
    },
    // It never answers what begins a handshake.
    hears: octets => (octets[0] === 22 ? Buffer.alloc(0) : octets),
  });
  running.push(server);
  const opened = await openSession(targetOf(server), {
    ...options(),
    connectTimeoutMs: 60_000,
    pipelining: true,
    allowance: allowanceOf(500),
  });
  expect(opened).toMatchObject({ok: false, failure: {result: 'timeout'}});
});

describe('a server that answers an octet at a time', () => {
  const octetAtATime = async (pattern: RegExp) => {
    const greeting = '220 slow.example at your service\r\n'.repeat(100);
    const server = await startLineServer({
      says: (line, _, {socket}) => {
        if (!pattern.test(line)) return undefined;
        let at = 0;
        const trickle = () => {
          if (socket.destroyed) return;
          socket.write(greeting[at++]!.replace(/[\r\n]/, ' '));
          setTimeout(trickle, 1_000);
        };
        trickle();
        return null;
      },
    });
    running.push(server);
    return server;
  };

  test.each([
    ['a greeting', /^$/, 'intro', 10],
    ['the reply to MAIL', /^MAIL/, 'mailfrom', 30],
  ] as const)('has no more time for %s than a silent one', async (_, pattern, stage, seconds) => {
    const server = await octetAtATime(pattern);
    let passedMs = 0;
    const outcome = await inStillTime(
      async () => {
        const startMs = Date.now();
        const attempt = await rawAttempt(server, {queue: 'fast'});
        passedMs = Date.now() - startMs;
        return attempt;
      },
      () => (stage === 'intro' ? server.connections() > 0 : server.lines.some(line => pattern.test(line))),
    );
    expect(outcome).toMatchObject({kind: 'overran', failure: {stage, result: 'timeout'}});
    expect(Math.round(passedMs / 1000)).toBe(seconds);
  });
});

describe('of several servers', () => {
  test('a silent first one leaves the second time to take the message', async () => {
    const {one, two, port, hosts} = await serveTwo({connect: 'silence'});
    let passedMs = 0;
    const outcome = await inStillTime(
      async () => {
        const startMs = Date.now();
        const attempt = await rawAttempt({port}, {queue: 'fast', hosts});
        passedMs = Date.now() - startMs;
        return attempt;
      },
      () => one.connections() > 0 && two.connections() === 0,
    );
    expect(outcome).toMatchObject({kind: 'attempted', ok: true, tried: 2});
    expect(Math.round(passedMs / 1000)).toBe(5);
  });

  test('all silent ones have ten seconds together', async () => {
    const {one, port, hosts} = await serveTwo({connect: 'silence'}, {connect: 'silence'});
    expect(await attemptIn('fast', one, 'connect', {hosts: [...hosts]})).toEqual({
      what: 'overran intro timeout',
      seconds: 10,
    });
    expect(port).toBe(one.port);
  });

  test('one that refuses the message decides, whatever others do not say', async () => {
    const {one, two, port, hosts} = await serveTwo({connect: 'silence'}, {RCPT: '550 5.1.1 unknown'});
    const outcome = await inStillTime(
      () => rawAttempt({port}, {queue: 'fast', hosts}),
      () => one.connections() > 0 && two.connections() === 0,
    );
    expect(outcome).toMatchObject({kind: 'attempted', ok: false, failure: {stage: 'rcptto'}});
  });
});

test('a server that has taken a message is not slow for the next one that it keeps waiting', async () => {
  const receivers = receiversOf();
  await rawAttempt(await serve(), {queue: 'fast', receivers});
  await delay(2);
  await attemptIn('fast', await serve(scriptOf('connect', 'silence')), 'connect', {receivers});
  await rawAttempt(await serve(), {queue: 'fast', receivers});
  await delay(2);
  await attemptIn('fast', await serve(scriptOf('connect', 'silence')), 'connect', {receivers});
  expect(stateOf(receivers.entryOf(receiver))).toBe('up');
});
