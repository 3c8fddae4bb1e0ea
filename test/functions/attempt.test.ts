import {afterEach, describe, expect, test} from 'vitest';
import {attemptDelivery} from '../../functions/deliver/attempt.ts';
import {Connections} from '../../functions/deliver/connections.ts';
import {Lane} from '../../functions/deliver/lane.ts';
import {StsPolicies} from '../../functions/deliver/mta-sts-policies.ts';
import {NextHops} from '../../functions/deliver/next-hops.ts';
import {Sites} from '../../functions/deliver/sites.ts';
import {type Message, parseMessage} from '../../shared/message.ts';
import type {NextHop} from '../../shared/routing.ts';
import {type Answer, type ScriptedServer, startScriptedServer, type Verb} from './scripted-server.ts';

const running: {close(): unknown}[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
});

const settings = {
  heloName: 'relay.example',
  smarthost: undefined,
  mx: {port: 25, privateAddresses: true, nameServers: [], mtaSts: true},
  capacity: {defaults: {}, queues: new Map()},
};
const policies = new StsPolicies({log: () => {}, now: Date.now});
const text = 'Subject: hello\r\n\r\nbody\r\n';

function messageOf(properties: object = {}): Message & {readonly mime: string} {
  const body = JSON.stringify({
    envelope: 'from@example.com',
    recipient: 'to@example.org',
    mime: text,
    ...properties,
  });
  const parsed = parseMessage(body, {id: 'id', arrivedMs: 0});
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.message as Message & {readonly mime: string};
}

async function serve(script: Partial<Record<Verb, Answer>> = {}): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  running.push(server);
  return server;
}

async function attempt(
  server: {readonly port: number},
  {
    message = messageOf(),
    lane = new Lane(new Connections(Date.now)),
    withinMs = 10_000,
    handedOver = () => {},
    ...hop
  }: Partial<Extract<NextHop, {hosts: readonly string[]}>> & {
    message?: Message & {readonly mime: string};
    lane?: Lane;
    withinMs?: number;
    handedOver?: () => void;
  } = {},
) {
  running.push(lane);
  const nextHop = {
    kind: 'smarthost',
    hosts: ['127.0.0.1'],
    port: server.port,
    security: 'opportunistic',
    ...hop,
  } as const;
  const options = {
    deadlineMs: Date.now() + withinMs,
    now: Date.now,
    nextHops: new NextHops({policies, now: Date.now, random: Math.random}),
    sites: new Sites(),
    isFirst: true,
    handedOver,
  };
  const outcome = await attemptDelivery(message, nextHop, lane, settings, options);
  if (!('accepted' in outcome)) throw new Error('held, with no site known to be down and time left');
  return outcome;
}

/** An attempt in one line, as the rules table would have it. */
const summaryOf = (outcome: Awaited<ReturnType<typeof attempt>>): string =>
  outcome.accepted
    ? `accepted ${outcome.reply.code}`
    : [
        outcome.failure.stage,
        outcome.failure.result,
        outcome.verdict.fate,
        outcome.verdict.status,
        ...(outcome.verdict.tryNextHost ? ['next host'] : []),
        ...(outcome.verdict.countsAgainstSite ? ['site'] : []),
        ...(outcome.verdict.maybeSent ? ['maybe sent'] : []),
      ].join(', ');

const plainEhlo = '250-scripted.example\r\n250 8BITMIME';
const pipelining = '250-scripted.example\r\n250-8BITMIME\r\n250 PIPELINING';

const rules: readonly (readonly [string, Partial<Record<Verb, Answer>>, string])[] = [
  ['a well-behaved server', {}, 'accepted 250'],
  ['a greeting of 421', {connect: '421 busy'}, 'intro, error, deferred, 4.4.1, next host, site'],
  [
    'a greeting of 554',
    {connect: '554 5.3.2 no mail here'},
    'intro, error, deferred, 4.4.1, next host, site',
  ],
  ['a drop instead of a greeting', {connect: 'drop'}, 'intro, lost, deferred, 4.4.1, next host, site'],
  ['a greeting that is no reply', {connect: 'hello!'}, 'intro, invalid, deferred, 4.5.0, next host, site'],
  [
    'EHLO and HELO refused',
    {EHLO: '502 no', HELO: '502 no'},
    'helo, error, deferred, 4.4.1, next host, site',
  ],
  ['EHLO refused, HELO taken', {EHLO: '502 no'}, 'accepted 250'],
  ['EHLO refused for now', {EHLO: '451 4.3.0 busy'}, 'ehlo, error, deferred, 4.3.0, next host, site'],
  ['a drop at EHLO', {EHLO: 'drop'}, 'ehlo, lost, deferred, 4.4.2, next host, site'],
  ['MAIL 451', {MAIL: '451 4.3.0 later'}, 'mailfrom, error, deferred, 4.3.0, next host'],
  ['MAIL 421', {MAIL: '421 4.3.2 closing'}, 'mailfrom, error, deferred, 4.3.2, next host'],
  ['MAIL 550', {MAIL: '550 5.1.8 bad sender'}, 'mailfrom, error, bounced, 5.1.8'],
  ['MAIL 503', {MAIL: '503 5.5.1 bad sequence'}, 'mailfrom, error, deferred, 4.5.0'],
  ['MAIL 530', {MAIL: '530 5.7.0 authenticate first'}, 'mailfrom, error, deferred, 4.7.0, next host, site'],
  ['a drop at MAIL', {MAIL: 'drop'}, 'mailfrom, lost, deferred, 4.4.2, next host, site'],
  ['junk at MAIL', {MAIL: 'what?'}, 'mailfrom, invalid, deferred, 4.5.0, next host, site'],
  ['RCPT 450', {RCPT: '450 4.2.1 greylisted'}, 'rcptto, error, deferred, 4.2.1, next host'],
  ['RCPT 550', {RCPT: '550 5.1.1 unknown'}, 'rcptto, error, bounced, 5.1.1'],
  ['RCPT 550 without a status', {RCPT: '550 unknown'}, 'rcptto, error, bounced, 5.0.0'],
  ['RCPT 552 without a status', {RCPT: '552 too many'}, 'rcptto, error, deferred, 4.5.3, next host'],
  ['a drop at RCPT', {RCPT: 'drop'}, 'rcptto, lost, deferred, 4.4.2, next host, site'],
  ['DATA 451', {DATA: '451 4.3.0 later'}, 'data, error, deferred, 4.3.0, next host'],
  ['DATA 554', {DATA: '554 5.7.1 no'}, 'data, error, bounced, 5.7.1'],
  ['a drop at DATA', {DATA: 'drop'}, 'data, lost, deferred, 4.4.2, next host, site'],
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
    ['connect', 'intro, timeout, deferred, 4.4.1, next host, site'],
    ['MAIL', 'mailfrom, timeout, deferred, 4.4.2, next host, site'],
    ['.', 'message, timeout, deferred, 4.4.2, maybe sent'],
  ] as const)('silence at %s ends with the time that is left', async (verb, expected) => {
    const outcome = await attempt(await serve({EHLO, [verb]: 'silence'}), {withinMs: 300});
    expect(summaryOf(outcome)).toBe(expected);
  });
});

test('a refused connection is deferred and tells on the site', async () => {
  const server = await startScriptedServer();
  await server.close();
  expect(summaryOf(await attempt(server))).toBe('connect, lost, deferred, 4.4.1, next host, site');
});

test('a host name that is unknown defers: a smarthost’s name may come back', async () => {
  const outcome = await attempt({port: 25}, {hosts: ['nowhere.invalid']});
  expect(summaryOf(outcome)).toBe('dns, error, deferred, 4.4.3');
});

describe('the envelope', () => {
  test('is given exactly, and <> when there is none', async () => {
    const server = await serve({EHLO: plainEhlo});
    await attempt(server, {message: messageOf({recipient: 'To.Me+Tag@Example.ORG'})});
    await attempt(server, {message: messageOf({envelope: undefined})});
    expect(server.commands.filter(line => /^(MAIL|RCPT)/.test(line))).toEqual([
      'MAIL FROM:<from@example.com>',
      'RCPT TO:<To.Me+Tag@Example.ORG>',
      'MAIL FROM:<>',
      'RCPT TO:<to@example.org>',
    ]);
  });

  test('asks for SMTPUTF8 where it is needed and offered', async () => {
    const server = await serve();
    expect(summaryOf(await attempt(server, {message: messageOf({recipient: 'jörg@example.org'})}))).toBe(
      'accepted 250',
    );
    expect(server.commands).toContain('MAIL FROM:<from@example.com> SIZE=24 SMTPUTF8');
  });

  test('with a UTF-8 local part bounces where SMTPUTF8 is not offered', async () => {
    const outcome = await attempt(await serve({EHLO: plainEhlo}), {
      message: messageOf({recipient: 'jörg@example.org'}),
    });
    expect(summaryOf(outcome)).toBe('mailfrom, error, bounced, 5.6.7, next host');
  });

  test.each([plainEhlo, undefined])(
    'with a UTF-8 domain alone uses A-labels, whatever is offered',
    async EHLO => {
      const server = await serve(EHLO === undefined ? {} : {EHLO});
      await attempt(server, {message: messageOf({recipient: 'to@bücher.example'})});
      expect(server.commands).toContain('RCPT TO:<to@xn--bcher-kva.example>');
    },
  );
});

describe('the content', () => {
  test('that is 8-bit says so where 8BITMIME is offered, and bounces where it is not', async () => {
    const eightBit = messageOf({mime: 'Subject: x\r\n\r\nGrüße\r\n'});
    const server = await serve({EHLO: plainEhlo});
    await attempt(server, {message: eightBit});
    expect(server.commands).toContain('MAIL FROM:<from@example.com> BODY=8BITMIME');
    const outcome = await attempt(await serve({EHLO: '250 scripted.example'}), {message: eightBit});
    expect(summaryOf(outcome)).toBe('mailfrom, error, bounced, 5.6.3, next host');
  });

  test('that is larger than the server takes bounces without being sent', async () => {
    const server = await serve({EHLO: '250-scripted.example\r\n250 SIZE 20'});
    expect(summaryOf(await attempt(server))).toBe('mailfrom, error, bounced, 5.3.4, next host');
    expect(server.commands.some(line => line.startsWith('MAIL'))).toBe(false);
  });

  test('cannot end itself early: dots are stuffed, bare CR and LF become line ends', async () => {
    const server = await serve();
    const smuggled = 'Subject: x\n\n.\n.first\r.\rMAIL FROM:<a@example.net>\r\n.\r\n..\n\r.\r\nend';
    await attempt(server, {message: messageOf({mime: smuggled})});
    expect(server.texts).toEqual([
      'Subject: x\r\n\r\n..\r\n..first\r\n..\r\nMAIL FROM:<a@example.net>\r\n..\r\n...\r\n\r\n..\r\nend\r\n',
    ]);
    expect(server.commands.filter(line => line.startsWith('MAIL'))).toHaveLength(1);
  });
});

describe('credentials', () => {
  const credentials = {username: 'me', password: 'hunter2!'};
  const offering = (mechanisms: string): Answer =>
    `250-scripted.example\r\n250-AUTH ${mechanisms}\r\n250 8BITMIME`;

  test('that the server refuses defer, count against the site, and are not echoed', async () => {
    const encoded = Buffer.from('\0me\0hunter2!').toString('base64');
    const server = await serve({EHLO: offering('PLAIN'), AUTH: `535 5.7.8 no: hunter2! ${encoded}`});
    const outcome = await attempt(server, {credentials});
    expect(summaryOf(outcome)).toBe('authplain, error, deferred, 4.7.8, next host, site');
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
    expect(JSON.stringify(outcome)).not.toContain(encoded);
  });

  test('that cannot be given because AUTH is not offered defer the message', async () => {
    expect(summaryOf(await attempt(await serve(), {credentials}))).toBe(
      'auth, error, deferred, 4.7.0, next host, site',
    );
  });

  test('are given by CRAM-MD5 rather than readably while the connection is in clear', async () => {
    const challenge = Buffer.from('<1@scripted.example>').toString('base64');
    const server = await serve({
      EHLO: offering('PLAIN LOGIN CRAM-MD5'),
      AUTH: line => (line.startsWith('AUTH') ? `334 ${challenge}` : '235 2.7.0 welcome'),
    });
    expect(summaryOf(await attempt(server, {credentials}))).toBe('accepted 250');
    expect(server.commands).toContain('AUTH CRAM-MD5');
  });

  test('may be taken by LOGIN, step by step', async () => {
    const server = await serve({
      EHLO: offering('LOGIN'),
      AUTH: (_, count) => ['334 VXNlcm5hbWU6', '334 UGFzc3dvcmQ6', '235 2.7.0 welcome'][count - 1]!,
    });
    expect(summaryOf(await attempt(server, {credentials}))).toBe('accepted 250');
  });
});

describe('the TLS level', () => {
  const stubborn = {
    EHLO: '250-scripted.example\r\n250-STARTTLS\r\n250 8BITMIME',
    STARTTLS: '454 4.7.0 not now',
  } as const;

  test('opportunistic goes on in clear when STARTTLS is refused', async () => {
    expect(summaryOf(await attempt(await serve(stubborn)))).toBe('accepted 250');
  });

  test('opportunistic does not go on in clear with credentials', async () => {
    const outcome = await attempt(await serve(stubborn), {credentials: {username: 'a', password: 'b'}});
    expect(summaryOf(outcome)).toBe('starttls, error, deferred, 4.7.0, next host, site');
  });

  test('required defers when STARTTLS is not offered', async () => {
    const outcome = await attempt(await serve(), {security: 'required'});
    expect(summaryOf(outcome)).toBe('starttls, error, deferred, 4.7.5, next host, site');
  });

  test('opportunistic goes on in clear, on a new connection, when the handshake fails', async () => {
    const server = await serve({...stubborn, STARTTLS: '220 go ahead, not that I could'});
    expect(summaryOf(await attempt(server))).toBe('accepted 250');
    expect(server.connections()).toBe(2);
  });
});

describe('a lane', () => {
  test('keeps its connection from one message to the next', async () => {
    const server = await serve();
    const lane = new Lane(new Connections(Date.now));
    for (let n = 0; n < 3; n += 1) expect(summaryOf(await attempt(server, {lane}))).toBe('accepted 250');
    expect(server.connections()).toBe(1);
  });

  test('goes on over the same connection after a refused recipient', async () => {
    const server = await serve({RCPT: (_, count) => (count === 1 ? '550 5.1.1 unknown' : '250 ok')});
    const lane = new Lane(new Connections(Date.now));
    expect(summaryOf(await attempt(server, {lane}))).toBe('rcptto, error, bounced, 5.1.1');
    expect(summaryOf(await attempt(server, {lane}))).toBe('accepted 250');
    expect(server.connections()).toBe(1);
  });

  test.each([
    ['drop', 'drop'],
    ['421', '421 4.4.2 idle for too long'],
  ])('reconnects when the kept connection is stale (%s)', async (_, gone) => {
    const server = await serve({MAIL: (_, count) => (count === 2 ? gone : '250 ok')});
    const lane = new Lane(new Connections(Date.now));
    expect(summaryOf(await attempt(server, {lane}))).toBe('accepted 250');
    expect(summaryOf(await attempt(server, {lane}))).toBe('accepted 250');
    expect(server.connections()).toBe(2);
  });

  test('never uses a connection of other credentials', async () => {
    const server = await serve({EHLO: '250-scripted.example\r\n250 AUTH PLAIN'});
    const lane = new Lane(new Connections(Date.now));
    await attempt(server, {lane, credentials: {username: 'a', password: 'b'}});
    await attempt(server, {lane, credentials: {username: 'a', password: 'c'}});
    expect(server.connections()).toBe(2);
  });
});
