import type {AddressInfo} from 'node:net';
import {SMTPServer} from 'smtp-server';
import {afterEach, describe, expect, test} from 'vitest';
import {attemptDelivery} from '../../../functions/deliver/attempt.ts';
import {Lane} from '../../../functions/deliver/lane.ts';
import {StsPolicies} from '../../../functions/deliver/next-hop/mta-sts-policies.ts';
import {NextHops} from '../../../functions/deliver/next-hop/next-hops.ts';
import {Connections} from '../../../functions/deliver/pace/connections.ts';
import {Sites} from '../../../functions/deliver/pace/sites.ts';
import {type NextHop, resolveDestination} from '../../../shared/delivery/destination.ts';
import {type Message, parseMessage} from '../../../shared/message/message.ts';
import {parseSettings, type Settings} from '../../../shared/settings/settings.ts';
import {certificateOf} from '../../servers/policy-host.ts';
import {
  type Answer,
  type ScriptedServer,
  startScriptedServer,
  type Verb,
} from '../../servers/scripted-server.ts';
import {inStillTime} from '../runtime/still-time.ts';

const running: {close(): unknown}[] = [];
afterEach(async () => {
  for (const each of running.splice(0)) await each.close();
});

type AttemptSettings = Parameters<typeof attemptDelivery>[3] & Pick<Settings, 'smarthost' | 'capacity'>;
const settings: AttemptSettings = {
  heloName: 'relay.example',
  smarthost: undefined,
  smarthostPrivateAddresses: false,
  mx: {port: 25, privateAddresses: true, nameServers: [], mtaSts: true},
  capacity: new Map(),
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

interface AttemptWith extends Partial<Extract<NextHop, {hosts: readonly string[]}>> {
  readonly message?: Message & {readonly mime: string};
  readonly lane?: Lane;
  readonly sites?: Sites;
  readonly withinMs?: number;
  readonly handedOver?: () => void;
  readonly settings?: AttemptSettings;
  readonly anywhere?: boolean;
  /** In place of a smarthost or sink; its port is the server's. */
  readonly mx?: Extract<NextHop, {domain: string}>;
}

async function rawAttempt(
  server: {readonly port: number},
  {
    message = messageOf(),
    lane = new Lane(new Connections(Date.now)),
    sites = new Sites(),
    withinMs = 10_000,
    handedOver = () => {},
    settings: those = settings,
    anywhere = false,
    mx,
    ...hop
  }: AttemptWith = {},
) {
  running.push(lane);
  const {port} = server;
  const nextHop: NextHop = mx ?? {
    kind: 'smarthost',
    hosts: ['127.0.0.1'],
    security: 'opportunistic',
    ...hop,
    port,
  };
  const options = {
    deadlineMs: Date.now() + withinMs,
    now: Date.now,
    nextHops: new NextHops({policies, now: Date.now, random: Math.random, anywhere}),
    sites,
    isFirst: true,
    handedOver,
  };
  const at = resolveDestination(message, {...parseSettings([]).settings, ...those});
  const destination = {...at, nextHop, isForeign: at.isForeign && nextHop.kind === 'smarthost'};
  return attemptDelivery(message, destination, lane, {...those, mx: {...those.mx, port}}, options);
}

async function attempt(server: {readonly port: number}, options: AttemptWith = {}) {
  const outcome = await rawAttempt(server, options);
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
const fullEhlo = '250-scripted.example\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 1000';
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
    const server = await serve({EHLO, [verb]: 'silence'});
    const isSilent = () =>
      verb === 'connect'
        ? server.connections() > 0
        : [...server.commands, ...server.texts.map(() => '.')].some(line => line.startsWith(verb));
    const outcome = await inStillTime(() => attempt(server, {withinMs: 300}), isSilent);
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

describe('with a second host', () => {
  /** Two servers at two addresses on one port. */
  async function pairOf(first: Partial<Record<Verb, Answer>>, second: Partial<Record<Verb, Answer>> = {}) {
    const one = await serve(first);
    const two = await startScriptedServer(second, one.port, '127.0.0.2');
    running.push(two);
    return {one, two, port: one.port, hosts: ['127.0.0.1', '127.0.0.2']};
  }

  test.each([
    ['connect', 'HTTP/1.1 400 Bad Request'],
    ['connect', 'SSH-2.0-OpenSSH_9.6'],
    ['connect', '\u0016\u0003\u0001'],
    ['HELO', 'what?'],
    ['MAIL', 'what?'],
    ['RCPT', '\u0007\u0007'],
    ['DATA', 'HTTP/1.1 400 Bad Request'],
  ] as const)('junk at %s (%j) leaves the message to it', async (verb, junk) => {
    const {two, ...pair} = await pairOf({
      EHLO: verb === 'HELO' ? '502 no' : plainEhlo,
      [verb]: junk,
    });
    expect(summaryOf(await attempt(pair, pair))).toBe('accepted 250');
    expect(two.texts).toEqual([text]);
  });

  test('junk from the first one three times in a row lets it rest', async () => {
    const {one, ...pair} = await pairOf({connect: 'HTTP/1.1 400 Bad Request'});
    const sites = new Sites();
    for (let n = 0; n < 5; n += 1)
      expect(summaryOf(await attempt(pair, {...pair, sites}))).toBe('accepted 250');
    expect(one.connections()).toBe(3);
  });

  test('junk after the dot does not leave the message to it', async () => {
    const {two, ...pair} = await pairOf({'.': 'what?'});
    expect(summaryOf(await attempt(pair, pair))).toBe('message, invalid, deferred, 4.5.0, maybe sent');
    expect(two.connections()).toBe(0);
  });

  const eightBit = {mime: 'Subject: x\r\n\r\nGrüße\r\n'};
  const utf8 = {recipient: 'jörg@example.org'};
  test.each([
    [eightBit, 'MAIL', '501 5.5.4 Unsupported option: BODY=8BITMIME', '8BITMIME'],
    [eightBit, 'MAIL', '555 5.5.4 Unsupported option', '8BITMIME'],
    [eightBit, 'MAIL', '504', '8BITMIME'],
    [eightBit, 'MAIL', '500 5.5.2 syntax error', '8BITMIME'],
    [eightBit, 'MAIL', '554 5.6.3 conversion required', '8BITMIME'],
    [eightBit, 'MAIL', '550 BODY=8BITMIME is not supported', '8BITMIME'],
    [utf8, 'MAIL', '553 5.6.7 no UTF-8 here', 'SMTPUTF8'],
    [utf8, 'MAIL', '555 5.5.4 SMTPUTF8 unknown', 'SMTPUTF8'],
    [utf8, 'RCPT', '553 5.6.7 no UTF-8 here', 'SMTPUTF8'],
    [{...eightBit, ...utf8}, 'MAIL', '501 5.5.4 no', '8BITMIME and SMTPUTF8'],
  ] as const)(
    '%j, refused at %s by %s, goes to it, and else says why',
    async (more, verb, reply, parameter) => {
      const refusing = {EHLO: fullEhlo, [verb]: reply, ...(verb === 'MAIL' && {RCPT: '503', DATA: '503'})};
      const {two, ...pair} = await pairOf(refusing);
      const message = messageOf(more);
      expect(summaryOf(await attempt(pair, {...pair, message}))).toBe('accepted 250');
      expect(two.texts).toHaveLength(1);

      const both = await pairOf(refusing, refusing);
      const outcome = await attempt(both, {...both, message});
      const stage = verb === 'MAIL' ? 'mailfrom' : 'rcptto';
      expect(summaryOf(outcome)).toBe(`${stage}, error, bounced, 5.5.4, next host`);
      expect(outcome.tried).toBe(2);
      if (outcome.accepted) throw new Error('accepted');
      expect(outcome.failure.description).toMatch(`${parameter}: offered, and then refused: `);
    },
  );

  test.each([
    [eightBit, '550 5.1.8 bad sender', 'mailfrom, error, bounced, 5.1.8'],
    [eightBit, '501 5.1.7 bad sender address syntax', 'mailfrom, error, bounced, 5.1.7'],
    [eightBit, '553 5.5.4 domain name required', 'mailfrom, error, bounced, 5.5.4'],
    [eightBit, '552 5.3.4 too large', 'mailfrom, error, bounced, 5.3.4'],
    [utf8, '550 5.7.1 no', 'mailfrom, error, bounced, 5.7.1'],
    [{}, '501 5.5.4 bad address', 'mailfrom, error, bounced, 5.5.4'],
    [{}, '555 5.5.4 SIZE unknown', 'mailfrom, error, bounced, 5.5.4'],
  ] as const)('%j, whose sender is refused by %s, does not', async (more, reply, expected) => {
    const {two, ...pair} = await pairOf({EHLO: fullEhlo, MAIL: reply, RCPT: '503', DATA: '503'});
    expect(summaryOf(await attempt(pair, {...pair, message: messageOf(more)}))).toBe(expected);
    expect(two.connections()).toBe(0);
  });
});

test.each(['555 5.5.4 Unsupported option: SIZE=24', '501 5.5.4 no parameters', '504'])(
  'a server that offers SIZE and refuses it (%s) is not told it again',
  async refusal => {
    const server = await serve({
      EHLO: '250-scripted.example\r\n250 SIZE 1000',
      MAIL: line => (line.includes('SIZE=') ? refusal : '250 ok'),
    });
    const lane = new Lane(new Connections(Date.now));
    for (let n = 0; n < 2; n += 1) expect(summaryOf(await attempt(server, {lane}))).toBe('accepted 250');
    expect(server.commands.filter(line => /^(MAIL|RSET)/.test(line))).toEqual([
      'MAIL FROM:<from@example.com> SIZE=24',
      'MAIL FROM:<from@example.com>',
      'MAIL FROM:<from@example.com>',
    ]);
    expect(server.connections()).toBe(1);
  },
);

test.each(['501', '501 5.5.2 syntax error', '500 what?'])(
  'a refusal that does not speak of a parameter (%s) is not asked for again without SIZE',
  async MAIL => {
    const server = await serve({EHLO: '250-scripted.example\r\n250 SIZE 1000', MAIL});
    expect(await attempt(server)).toMatchObject({accepted: false, verdict: {fate: 'bounced'}});
    expect(server.commands.filter(line => line.startsWith('MAIL'))).toHaveLength(1);
  },
);

test('a sender that is refused as such stays refused where the server then closes the connection', async () => {
  const server = await serve({MAIL: (_, count) => (count === 1 ? '501 5.5.4 what?' : 'drop'), DATA: '503'});
  expect(summaryOf(await attempt(server))).toBe('mailfrom, error, bounced, 5.5.4');
});

describe('authentication that is wanted', () => {
  const refusals = [
    ['MAIL', '530 5.7.0 Authentication required', 'mailfrom'],
    ['MAIL', '550 5.7.1 Client was not authenticated', 'mailfrom'],
    ['RCPT', '554 5.7.1 <to@example.org>: Relay access denied', 'rcptto'],
    ['RCPT', '550 relay not permitted', 'rcptto'],
    ['DATA', '554 5.7.0 Please authenticate first', 'data'],
  ] as const;

  test.each(refusals)('by a smarthost or sink, at %s (%s), is our set-up', async (verb, reply, stage) => {
    for (const kind of ['smarthost', 'sink'] as const) {
      const outcome = await attempt(await serve({EHLO: plainEhlo, [verb]: reply}), {kind});
      expect(summaryOf(outcome)).toBe(`${stage}, error, deferred, 4.7.0, next host, site`);
      expect(outcome.complaint).toMatchObject({fact: 'authentication-wanted'});
      expect(outcome.complaint?.description).toMatch(
        /^the server wants authentication, or does not relay for us: /,
      );
    }
  });

  test('by one of several smarthosts is told even where another one takes the message', async () => {
    const one = await serve({MAIL: '530 5.7.0 Authentication required', RCPT: '503', DATA: '503'});
    running.push(await startScriptedServer({}, one.port, '127.0.0.2'));
    const outcome = await attempt(one, {hosts: ['127.0.0.1', '127.0.0.2']});
    expect(outcome).toMatchObject({accepted: true, complaint: {fact: 'authentication-wanted'}});
  });

  test('is the recipient’s refusal where nobody was asked to relay: at an MX host', async () => {
    const server = await serve({RCPT: '554 5.7.1 <to@example.org>: Relay access denied', DATA: '503'});
    const message = messageOf({recipient: 'to@[127.0.0.1]'});
    const mx = {kind: 'mx', domain: '[127.0.0.1]', security: 'opportunistic'} as const;
    const outcome = await attempt(server, {message, mx});
    expect(summaryOf(outcome)).toBe('rcptto, error, bounced, 5.7.1');
    expect(outcome.complaint).toBeUndefined();
  });

  test.each([
    ['RCPT', '550 5.1.1 <to@example.org>: User unknown', 'rcptto, error, bounced, 5.1.1'],
    ['RCPT', '550 5.7.26 Unauthenticated email is not accepted: DMARC', 'rcptto, error, bounced, 5.7.26'],
    [
      '.',
      '550 5.7.1 spam: relaying hosts and authentication look suspicious',
      'message, error, bounced, 5.7.1',
    ],
  ] as const)('is not what a smarthost refuses a message for: %s %s', async (verb, reply, expected) => {
    expect(summaryOf(await attempt(await serve({EHLO: plainEhlo, [verb]: reply})))).toBe(expected);
  });

  test('is what “access denied” means where AUTH was offered and not used', async () => {
    const denied = {RCPT: '554 5.7.1 <to@example.org>: Recipient address rejected: Access denied'};
    const EHLO = '250-scripted.example\r\n250 AUTH PLAIN';
    const credentials = {username: 'me', password: 'hunter2!'};
    const deferred = 'rcptto, error, deferred, 4.7.0, next host, site';
    const bounced = 'rcptto, error, bounced, 5.7.1';
    expect(summaryOf(await attempt(await serve({EHLO, ...denied})))).toBe(deferred);
    expect(summaryOf(await attempt(await serve({EHLO, ...denied}), {credentials}))).toBe(bounced);
    expect(summaryOf(await attempt(await serve({EHLO: plainEhlo, ...denied})))).toBe(bounced);
  });
});

describe('a message that names its own smarthost', () => {
  const named = (hostname: string | readonly string[], port = 25) => ({
    message: messageOf({smarthost: {hostname, port}}),
    hosts: [hostname].flat(),
  });

  test.each(['127.0.0.1', 'localhost', '::1', '::ffff:127.0.0.1', '0.0.0.0', '169.254.169.254'])(
    'is not taken to %s, whatever the settings allow',
    async host => {
      const server = await serve();
      for (const smarthostPrivateAddresses of [false, true]) {
        const outcome = await attempt(server, {
          ...named(host, server.port),
          settings: {...settings, smarthostPrivateAddresses},
        });
        expect(summaryOf(outcome)).toBe('dns, error, bounced, 5.4.6, next host');
        expect(outcome).toMatchObject({tried: 0});
        if (!outcome.accepted) expect(outcome.failure.description).toContain('smarthost-private-addresses');
      }
      expect(server.connections()).toBe(0);
    },
  );

  test('goes to the settings’ smarthost all the same, wherever that is: the same host and port', async () => {
    const server = await serve();
    const relay = {hosts: ['127.0.0.1'], port: server.port};
    const trusting = {...settings, smarthost: relay};
    expect(summaryOf(await attempt(server, {...named('127.0.0.1', server.port), settings: trusting}))).toBe(
      'accepted 250',
    );
    const otherwise = {...trusting, smarthost: {...relay, port: 1}};
    expect(summaryOf(await attempt(server, {...named('127.0.0.1', server.port), settings: otherwise}))).toBe(
      'dns, error, bounced, 5.4.6, next host',
    );
  });

  test('goes to the sink, wherever that is', async () => {
    const server = await serve();
    const outcome = await attempt(server, {...named('127.0.0.1'), kind: 'sink', hosts: ['127.0.0.1']});
    expect(summaryOf(outcome)).toBe('accepted 250');
  });

  test('goes anywhere on the local stage', async () => {
    const server = await serve();
    const outcome = await attempt(server, {...named('127.0.0.1', server.port), anywhere: true});
    expect(summaryOf(outcome)).toBe('accepted 250');
  });
});

describe('a server that is full', () => {
  const full = {connect: '421 4.7.0 too many connections'};
  const outcomeAt = async (server: {readonly port: number}, more: AttemptWith = {}) =>
    rawAttempt(server, {withinMs: 400, ...more});

  test('uses up no attempt, and is no failure of the site', async () => {
    const sites = new Sites();
    const held = await outcomeAt(await serve(full), {sites});
    expect(held).toMatchObject({heldUntilMs: expect.any(Number), full: {fact: 'server-full'}});
  });

  test('is passed over where another one takes the message', async () => {
    const one = await serve(full);
    running.push(await startScriptedServer({}, one.port, '127.0.0.2'));
    // At once: there is time enough to ask it again.
    expect(await outcomeAt(one, {hosts: ['127.0.0.1', '127.0.0.2'], withinMs: 10_000})).toMatchObject({
      accepted: true,
      passed: [expect.stringContaining('no room for another connection')],
    });
    expect(one.connections()).toBe(1);
  });

  test('is waited for where the other one is down, and not where that has refused the message', async () => {
    for (const [script, expected] of [
      [{connect: 'drop'}, {heldUntilMs: expect.any(Number)}],
      [{RCPT: '450 4.2.1 greylisted'}, {accepted: false, failure: {stage: 'rcptto'}}],
      [{RCPT: '550 5.1.1 unknown'}, {accepted: false, verdict: {fate: 'bounced'}}],
    ] as const) {
      const one = await serve(full);
      running.push(await startScriptedServer({EHLO: plainEhlo, ...script}, one.port, '127.0.0.2'));
      expect(await outcomeAt(one, {hosts: ['127.0.0.1', '127.0.0.2']})).toMatchObject(expected);
    }
  });
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

test.each([
  ['its own authority', true, false, 'accepted 250'],
  ['TLS from the first octet, whatever the port', true, true, 'accepted 250'],
  ['no authority', false, false, 'starttls, error, deferred, 4.7.5, next host, site'],
])('a smarthost of the settings with %s', async (_, withAuthority, implicitTls, expected) => {
  const certificate = certificateOf('localhost');
  const server = new SMTPServer({
    ...certificate,
    secure: implicitTls,
    authOptional: true,
    disableReverseLookup: true,
    onData: (stream, _, done) => stream.resume().on('end', () => done(null)),
  });
  server.on('error', () => {});
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  running.push({close: () => void server.close(() => {})});
  const {port} = server.server.address() as AddressInfo;
  const outcome = await attempt(
    {port},
    {
      hosts: ['localhost'],
      security: 'verified',
      ...(withAuthority && {ca: certificate.cert}),
      ...(implicitTls && {implicitTls}),
    },
  );
  expect(summaryOf(outcome)).toBe(expected);
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
