import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {deduplicationIdOf, nextHopName, resolveDestination} from '../../../shared/delivery/destination.ts';
import {securityLevels} from '../../../shared/smtp/security.ts';
import {message, settings} from '../../samples/messages.ts';

const resolveNextHop = (...at: Parameters<typeof resolveDestination>) => resolveDestination(...at).nextHop;
const messageGroupOf = (...at: Parameters<typeof resolveDestination>) => resolveDestination(...at).group;
const capacityOf = (...at: Parameters<typeof resolveDestination>) => resolveDestination(...at).capacity;

const smarthost = {
  smarthost: 'mx.example.net',
  'smarthost-port': '587',
  'smarthost-username': 'hu',
  'smarthost-password': 'hp',
};
const sink = {
  'smtp-sink-ip': '192.0.2.1',
  'smtp-sink-port': '2525',
  'smtp-sink-username': 'su',
  'smtp-sink-password': 'sp',
};
const own = {hostname: 'own.example.net', port: 465, username: 'ou', password: 'op'};

const mx = {kind: 'mx', domain: 'example.org', security: 'opportunistic'};
const toSmarthost = {
  kind: 'smarthost',
  hosts: ['mx.example.net'],
  port: 587,
  credentials: {username: 'hu', password: 'hp'},
  security: 'opportunistic',
};
const toOwn = {
  kind: 'smarthost',
  hosts: ['own.example.net'],
  port: 465,
  credentials: {username: 'ou', password: 'op'},
  security: 'opportunistic',
};
const toSink = {
  kind: 'sink',
  hosts: ['192.0.2.1'],
  port: 2525,
  credentials: {username: 'su', password: 'sp'},
  security: 'opportunistic',
};

describe('the queue, and where the TCP connection goes with whose credentials', () => {
  test.each([
    ['–', '–', {}, {}, 'example.org', mx],
    ['set', '–', smarthost, {}, '(smarthost)', toSmarthost],
    ['–', 'set', sink, {}, 'example.org', toSink],
    ['set', 'set', {...smarthost, ...sink}, {}, '(smarthost)', toSink],
    ['per message', '–', {}, {smarthost: own}, '(smarthost)', toOwn],
    ['per message, over the set one', '–', smarthost, {smarthost: own}, '(smarthost)', toOwn],
    ['per message', 'set', {...smarthost, ...sink}, {smarthost: own}, '(smarthost)', toSink],
  ])('smarthost %s, sink %s', (_smarthost, _sink, parameters, properties, queue, nextHop) => {
    const [mail, stage] = [message(properties), settings(parameters)];
    expect(resolveDestination(mail, stage)).toMatchObject({queue, nextHop});
    expect(resolveNextHop(mail, stage)).toEqual(nextHop);
  });

  test('a message’s own smarthost and a sink inherit neither port nor credentials', () => {
    const stage = settings({...smarthost, 'smtp-sink-ip': '192.0.2.1'});
    expect(resolveNextHop(message(), stage)).toEqual({
      kind: 'sink',
      hosts: ['192.0.2.1'],
      port: 25,
      security: 'opportunistic',
    });
    const mail = message({smarthost: {hostname: 'own.example.net'}});
    expect(resolveNextHop(mail, settings(smarthost))).toEqual({
      kind: 'smarthost',
      hosts: ['own.example.net'],
      port: 25,
      security: 'opportunistic',
    });
  });

  test('next hops are named without credentials', () => {
    const v6 = message({smarthost: {...own, hostname: '::1'}});
    const names = [
      resolveNextHop(message(), settings()),
      resolveNextHop(message(), settings(sink)),
      resolveNextHop(v6, settings()),
    ].map(nextHopName);
    expect(names).toEqual(['mx:example.org', '192.0.2.1:2525', '[::1]:465']);
  });
});

const oneLane = {'capacity/default': '{"connections": 1}', 'capacity/smarthost': '{"connections": 1}'};

describe('capacity', () => {
  test.each([
    ['a domain’s', {}, {}, {connections: 2, messagesPerConnection: 100, connectTimeout: 30, idleSeconds: 0}],
    [
      'the default’s',
      {'capacity/default': '{"connections": 5}'},
      {},
      {connections: 5, messagesPerConnection: 100},
    ],
    [
      'the domain’s own',
      {
        'capacity/default': '{"connections": 5, "connectTimeout": 7}',
        'capacity/example.org': '{"connections": 3}',
      },
      {},
      {connections: 3, connectTimeout: 7},
    ],
    [
      'a smarthost’s',
      {...smarthost, 'capacity/default': '{"connections": 5}'},
      {},
      {connections: 10, messagesPerConnection: 1000, connectTimeout: 30, idleSeconds: 60},
    ],
    [
      'the smarthost’s own',
      {...smarthost, 'capacity/smarthost': '{"connections": 40}'},
      {},
      {connections: 40},
    ],
    [
      'a message’s smarthost’s',
      {
        ...smarthost,
        'capacity/smarthost': '{"connections": 40}',
        'capacity/own.example.net': '{"idleSeconds": 0}',
      },
      {smarthost: own},
      {connections: 40, idleSeconds: 0},
    ],
  ])('is %s', (_, parameters, properties, capacity) => {
    expect(capacityOf(message(properties), settings(parameters))).toMatchObject(capacity);
    expect(capacityOf(message(properties), settings({...parameters, ...sink}))).toMatchObject(capacity);
  });
});

describe('lanes', () => {
  const laneOf = (recipient: string, connections: number) => {
    const stage = settings({'capacity/default': JSON.stringify({connections})});
    return Number(messageGroupOf(message({recipient}), stage).split('#')[1]);
  };

  test('keep a recipient’s messages together, however the address is written', () => {
    expect(laneOf('Jo.Doe@Example.org', 7)).toBe(laneOf('jo.doe@example.ORG', 7));
  });

  test('are as many as connections, and all of them used', () => {
    const lanes = new Set(Array.from({length: 500}, (_, index) => laneOf(`user${index}@example.org`, 7)));
    expect([...lanes].sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });
});

describe('message groups', () => {
  test.each([
    ['none', {}, {}, 'example.org'],
    ['a domain in capitals and U-labels', {}, {recipient: 'a@Bücher.EXAMPLE'}, 'xn--bcher-kva.example'],
    ['an address literal', {}, {recipient: 'a@[IPv6:2001:db8::1]'}, '[ipv6:2001:db8::1]'],
    ['the settings’', smarthost, {}, '(smarthost)'],
    ['the message’s own', {}, {smarthost: own}, '(smarthost)!own.example.net:465'],
    [
      'the message’s own beside the settings’',
      smarthost,
      {smarthost: own},
      '(smarthost)!own.example.net:465',
    ],
    [
      'the same as the settings’',
      smarthost,
      {smarthost: {hostname: 'MX.example.net', port: 587}},
      '(smarthost)',
    ],
    [
      'the same on another port',
      smarthost,
      {smarthost: {hostname: 'mx.example.net'}},
      '(smarthost)!mx.example.net:25',
    ],
    ['an IPv6 address', {}, {smarthost: {hostname: '::1'}}, '(smarthost)![::1]:25'],
  ])('smarthost: %s', (_, parameters, properties, group) => {
    const mail = message(properties);
    expect(messageGroupOf(mail, settings({...parameters, ...oneLane}))).toBe(group);
    expect(messageGroupOf(mail, settings({...parameters, ...sink, ...oneLane}))).toBe(group);
    expect(messageGroupOf(mail, settings(parameters))).toMatch(/^.*#\d+$/);
    expect(messageGroupOf(mail, settings(parameters)).startsWith(`${group}#`)).toBe(true);
  });

  test('fit SQS, and differ where long names differ at their end alone', () => {
    const label = fc
      .string({unit: fc.constantFrom('a', 'b', '-', '_', '0', 'ü'), minLength: 1, maxLength: 50})
      .map(text => `a${text}a`);
    const domain = fc.array(label, {minLength: 1, maxLength: 5}).map(labels => `${labels.join('.')}.example`);
    fc.assert(
      fc.property(domain, fc.boolean(), (name, isSmarthost) => {
        const properties = isSmarthost ? {smarthost: {hostname: name}} : {recipient: `a@${name}`};
        let mail: ReturnType<typeof message>;
        try {
          mail = message(properties);
        } catch {
          return fc.pre(false); // not every made-up name is a domain
        }
        // SendMessage, MessageGroupId: up to 128 letters, digits and ASCII punctuation.
        expect(messageGroupOf(mail, settings())).toMatch(/^[!-~]{1,128}$/);
      }),
      {numRuns: 200},
    );
    const long = `${'a'.repeat(60)}.`.repeat(3);
    const groups = ['x', 'y'].map(end => messageGroupOf(message({recipient: `a@${long}${end}`}), settings()));
    expect(new Set(groups).size).toBe(2);
    expect(groups.map(group => group.length)).toEqual([128, 128]);
    for (const group of groups) expect(group).toMatch(/^[a.]+~[0-9a-f]{16}#[12]$/);
    const exact = `${`${'b'.repeat(40)}.`.repeat(3)}abcde`;
    expect(messageGroupOf(message({recipient: `a@${exact}`}), settings(oneLane))).toBe(exact);
    expect(messageGroupOf(message({recipient: `a@${exact}`}), settings())).toMatch(
      /^.{109}~[0-9a-f]{16}#[12]$/,
    );
  });
});

test('a deduplication ID fits SQS and differs between rounds', () => {
  const relayq = {
    id: '~'.repeat(80),
    arrived: '2030-01-01 00:00:00',
    attempts: Number.MAX_SAFE_INTEGER,
    hops: Number.MAX_SAFE_INTEGER,
  };
  expect(deduplicationIdOf(message({relayq}))).toMatch(/^[!-~]{1,128}$/);
  const rounds = [
    [1, 11],
    [11, 1],
    [1, 1],
    [11, 11],
  ].map(([attempts, hops]) => deduplicationIdOf(message({relayq: {...relayq, attempts, hops}})));
  expect(new Set(rounds).size).toBe(4);
});

describe('TLS levels', () => {
  const levels = [undefined, ...securityLevels];
  const table = levels.flatMap(stage => levels.map(mail => [stage, mail] as const));
  const rank = (level: (typeof levels)[number]) => securityLevels.indexOf(level ?? 'opportunistic');

  test.each(table)(
    'the settings’ smarthost has %s, the message asks for %s: never less than the settings’',
    (stage, mail) => {
      const parameters = {...smarthost, ...(stage && {'smarthost-security': stage})};
      const {security} = resolveNextHop(message({security: mail}), settings(parameters));
      const expected = mail === undefined ? rank(stage) : Math.max(rank(stage), rank(mail));
      expect(security).toBe(securityLevels[expected]);
    },
  );

  test.each(table)(
    'the message’s own smarthost has %s, the message asks for %s: its own wins',
    (relay, mail) => {
      const properties = {security: mail, smarthost: {...own, ...(relay && {security: relay})}};
      const {security} = resolveNextHop(
        message(properties),
        settings({...smarthost, 'smarthost-security': 'verified'}),
      );
      expect(security).toBe(relay ?? mail ?? 'opportunistic');
    },
  );

  test.each(levels)('to MX hosts and to a sink the message decides alone: %s', mail => {
    for (const parameters of [{}, sink]) {
      expect(resolveNextHop(message({security: mail}), settings(parameters)).security).toBe(
        mail ?? 'opportunistic',
      );
    }
  });
});
