import {describe, expect, test} from 'vitest';
import {parseSettings, type Reading} from '../../../shared/settings/settings.ts';
import {fixture} from '../../fixtures/fixture.ts';

const readingOf = (parameters: Record<string, string>, before?: Reading) =>
  parseSettings(
    Object.entries(parameters).map(([name, value]) => ({name, value})),
    before,
  );

const parse = (parameters: Record<string, string>, before?: Reading) => {
  const {settings, problems} = readingOf(parameters, before);
  return {settings, problems};
};

const defaults = {
  smarthost: undefined,
  sink: undefined,
  retryIntervals: [600, 600, 1800, 1800, 3600, 3600, 7200],
  maxDeliverTime: 86_400,
  maxAttempts: 0,
  heloName: undefined,
  mx: {port: 25, privateAddresses: false, nameServers: [], mtaSts: true},
  capacity: {defaults: {}, queues: new Map()},
  mqHeaders: 'obeyed',
  strict: false,
  smarthostPrivateAddresses: false,
  resultsKinds: new Set(['results', 'success', 'failure', 'retry']),
  unknown: new Set(),
};
const authority = fixture('authority.crt').trim();
const smarthost = {hosts: ['mx.example.net'], port: 25};
const sink = {hosts: ['192.0.2.1'], port: 25};

describe('what parameters say', () => {
  test.each([
    [{}, {}],
    [{smarthost: 'MX.example.net'}, {smarthost}],
    [{smarthost: ' mx.example.net '}, {smarthost}],
    [
      {smarthost: 'a.example, 192.0.2.1, b.example'},
      {smarthost: {hosts: ['a.example', '192.0.2.1', 'b.example'], port: 25}},
    ],
    [{smarthost: '[2001:db8::1]', 'smarthost-port': '587'}, {smarthost: {hosts: ['2001:db8::1'], port: 587}}],
    [
      {smarthost: 'mx.example.net', 'smarthost-username': ' u ', 'smarthost-password': ' p '},
      {smarthost: {...smarthost, credentials: {username: 'u', password: ' p '}}},
    ],
    [
      {smarthost: 'mx.example.net', 'smarthost-security': 'verified'},
      {smarthost: {...smarthost, security: 'verified'}},
    ],
    [{'smarthost-port': '587'}, {}],
    [{'smtp-sink-ip': '192.0.2.1'}, {sink}],
    [
      {'smtp-sink-ip': 'sink.example', 'smtp-sink-port': '2525'},
      {sink: {hosts: ['sink.example'], port: 2525}},
    ],
    [
      {'smtp-sink-ip': '192.0.2.1', 'smtp-sink-username': 'u', 'smtp-sink-password': 'p'},
      {sink: {...sink, credentials: {username: 'u', password: 'p'}}},
    ],
    [{'smtp-sink-ip': '0.0.0.0', 'smtp-sink-port': '2525'}, {}],
    [{'smtp-sink-ip': '::'}, {}],
    [{'smtp-sink-port': '2525'}, {}],
    [{'retry-interval': '60, 120,1'}, {retryIntervals: [60, 120, 1]}],
    [{'max-delivertime': '3600'}, {maxDeliverTime: 3600}],
    [{'max-attempts': '0'}, {maxAttempts: 0}],
    [{'max-attempts': '1000000'}, {maxAttempts: 1_000_000}],
    [{'helo-name': 'Out.example.org'}, {heloName: 'out.example.org'}],
    [{'mx-port': '2525'}, {mx: {...defaults.mx, port: 2525}}],
    [{'mx-private-addresses': 'allowed'}, {mx: {...defaults.mx, privateAddresses: true}}],
    [{'mx-private-addresses': 'refused'}, {}],
    [{'mx-mta-sts': 'ignored'}, {mx: {...defaults.mx, mtaSts: false}}],
    [{'mx-mta-sts': 'enforced'}, {}],
    [
      {'mx-name-servers': '192.0.2.1, 127.0.0.1:5353'},
      {mx: {...defaults.mx, nameServers: ['192.0.2.1', '127.0.0.1:5353']}},
    ],
    [
      {'mx-name-servers': '192.0.2.1:1,192.0.2.1:65535'},
      {mx: {...defaults.mx, nameServers: ['192.0.2.1:1', '192.0.2.1:65535']}},
    ],
    [{'mq-headers': 'obeyed'}, {}],
    [{'mq-headers': 'stripped'}, {mqHeaders: 'stripped'}],
    [{'mq-headers': 'refused'}, {mqHeaders: 'refused'}],
    [{strict: 'true'}, {strict: true}],
    [{strict: 'false'}, {}],
    [{'smarthost-private-addresses': 'allowed'}, {smarthostPrivateAddresses: true}],
    [{'smarthost-private-addresses': 'refused'}, {}],
    [{'results-kinds': 'results'}, {resultsKinds: new Set(['results'])}],
    [{'results-kinds': 'none'}, {resultsKinds: new Set()}],
    [{'results-kinds': 'failure, retry'}, {resultsKinds: new Set(['failure', 'retry'])}],
    [
      {smarthost: 'mx.example.net', 'smarthost-ca': `${authority}\n`},
      {smarthost: {...smarthost, ca: authority}},
    ],
    [
      {smarthost: 'mx.example.net', 'smarthost-ca': `# ours\n${authority}\n# theirs\n${authority}\n`},
      {smarthost: {...smarthost, ca: `${authority}\n${authority}`}},
    ],
    [
      {'capacity/Example.ORG': '{"connections": 1000}'},
      {capacity: {defaults: {}, queues: new Map([['example.org', {connections: 1000}]])}},
    ],
  ])('%j', (parameters, expected) => {
    expect(parse(parameters)).toEqual({settings: {...defaults, ...expected}, problems: []});
  });
});

const port = 'must be a whole number from 1 to 65535';
const hostProblem = 'must be a host name or an IP address';
const portApart = 'must be a host name alone; the port goes into its own property';
const seconds = 'must be a whole number from 1 to 31536000';
const levels = 'must be one of optional, opportunistic, required, verified';
const resolver = 'must be a DNS resolver that is asked over HTTPS, such as dns.quad9.net';
const noQueue = 'must end in default, smarthost, or the name of a domain or host';
const servers = 'must be IPv4 addresses, each with an optional :port';

test.each(['', ' ', '\n', ' \t\r\n', '\u00a0\ufeff'])('%j is no value, whatever the name', value => {
  const names = [...Object.keys(everyName), 'capacity/default', 'capacity/example.org', 'not-known'];
  expect(parse(Object.fromEntries(names.map(name => [name, value])))).toEqual({
    settings: defaults,
    problems: [],
  });
});

describe('what is wrong with a parameter', () => {
  test.each([
    ['smarthost', 'a b', hostProblem],
    ['smarthost', 'mx.example.net:587', portApart],
    ['smarthost-port', '0', port],
    ['smarthost-port', '65536', port],
    ['smarthost-port', '25.0', port],
    ['smarthost-port', '-25', port],
    ['smarthost-port', 'hunter2', port],
    ['smarthost-username', 'u', 'needs smarthost-password beside it'],
    ['smarthost-password', 'hunter2', 'needs smarthost-username beside it'],
    ['smarthost-security', 'none', levels],
    ['smtp-sink-ip', '192.0.2.256', hostProblem],
    ['smtp-sink-ip', '127.0.0.1:2525', portApart],
    ['smtp-sink-port', 'x', port],
    ['smtp-sink-username', 'u', 'needs smtp-sink-password beside it'],
    ['smtp-sink-password', 'hunter2', 'needs smtp-sink-username beside it'],
    ['retry-interval', '0', seconds],
    ['retry-interval', '600,', seconds],
    ['retry-interval', '10m', seconds],
    ['max-delivertime', '0', seconds],
    ['max-delivertime', '1e3', seconds],
    ['max-attempts', '-1', 'must be a whole number from 0 to 1000000'],
    ['helo-name', 'a b', 'has a domain that is not a host name such as example.org'],
    ['mx-port', '0', port],
    ['mx-private-addresses', 'yes', 'must be one of refused, allowed'],
    ['mx-mta-sts', 'off', 'must be one of enforced, ignored'],
    ['mx-dane', 'enforced', resolver],
    ['mx-dane', 'http://dns.example/dns-query', resolver],
    ['mx-dane', 'a b.example', resolver],
    ['mx-dane', 'dns.example:0x', resolver],
    ['mx-dane', 'https://user@dns.example/dns-query', resolver],
    ['mx-dane', 'https://:secret@dns.example/dns-query', resolver],
    ['mx-dane', 'https://dns.example/dns-query#a', resolver],
    ['mx-name-servers', 'ns.example', servers],
    ['mx-name-servers', '192.0.2.1:65536', servers],
    ['mx-name-servers', '192.0.2.1:0', servers],
    ['mx-name-servers', 'x:192.0.2.1', servers],
    ['mx-name-servers', '192.0.2.1:53x', servers],
    ['mx-name-servers', '2001:db8::1', servers],
    ['mx-name-servers', '2001:db8::a', servers],
    ['mq-headers', 'ignored', 'must be one of obeyed, stripped, refused'],
    ['results-kinds', 'none,retry', 'must be none alone, or a list without it'],
    ['strict', 'yes', 'must be one of true, false'],
    ['smarthost-private-addresses', 'yes', 'must be one of refused, allowed'],
    ['results-kinds', 'results,dsn', 'must be a list of results, success, failure, retry; or none'],
    ['smarthost-ca', 'hunter2', 'must be one or more certificates in PEM, and nothing else in PEM'],
    [
      'smarthost-ca',
      '-----BEGIN CERTIFICATE-----\nhunter2=\n-----END CERTIFICATE-----',
      'must be one or more certificates in PEM, and nothing else in PEM',
    ],
    ['capacity/', '{}', noQueue],
    ['capacity/example.org/connections', '5', noQueue],
    ['capacity/-', '{}', noQueue],
    ['capacity/default', 'five', 'must be JSON such as {"connections": 5}'],
    ['capacity/default', '[5]', 'must be JSON such as {"connections": 5}'],
    [
      'capacity/default',
      '{"hunter2": 5, "hunter3": 1, "idleSeconds": -1}',
      'has an unknown member; known are connections, messagesPerConnection, connectTimeout, idleSeconds, messagesPerMinute; has idleSeconds, which must be a whole number from 0 to 300',
    ],
    [
      'capacity/example.org',
      '{"connection": 5}',
      'has an unknown member; known are connections, messagesPerConnection, connectTimeout, idleSeconds, messagesPerMinute',
    ],
    [
      'capacity/example.org',
      '{"connections": 0}',
      'has connections, which must be a whole number from 1 to 1000',
    ],
    [
      'capacity/example.org',
      '{"connections": 1001}',
      'has connections, which must be a whole number from 1 to 1000',
    ],
    [
      'capacity/smarthost',
      '{"connections": "5"}',
      'has connections, which must be a whole number from 1 to 1000',
    ],
  ])('%s: %j', (name, value, problem) => {
    expect(parse({[name]: value}).problems).toEqual([{path: name, problem}]);
  });

  test.each([
    ['dns.example', 'https://dns.example/dns-query'],
    ['dns.example:8443/ask?me', 'https://dns.example:8443/ask?me'],
    ['https://dns.example/ask', 'https://dns.example/ask'],
    ['192.0.2.53', 'https://192.0.2.53/dns-query'],
    ['[2001:db8::53]', 'https://[2001:db8::53]/dns-query'],
    ['localhost:8443', 'https://localhost:8443/dns-query'],
  ])('a resolver for DANE can be %s', (value, dane) => {
    expect(parse({'mx-dane': value})).toEqual({
      settings: {...defaults, mx: {...defaults.mx, dane}},
      problems: [],
    });
  });

  test('a resolver for DANE and name servers do not go together', () => {
    const {problems} = parse({'mx-dane': 'dns.example', 'mx-name-servers': '192.0.2.53'});
    const problem = 'takes the place of mx-name-servers: remove one of them';
    expect(problems).toEqual([{path: 'mx-dane', problem}]);
  });

  test.each([
    ['messagesPerConnection', 1, 1_000_000],
    ['connectTimeout', 1, 300],
    ['idleSeconds', 0, 300],
    ['messagesPerMinute', 0, 1_000_000],
  ])('a capacity’s %s is from %i to %i', (member, least, most) => {
    const problemsWith = (value: number) =>
      parse({'capacity/default': JSON.stringify({[member]: value})}).problems;
    expect([least, most].flatMap(problemsWith)).toEqual([]);
    const problem = `has ${member}, which must be a whole number from ${least} to ${most}`;
    for (const value of [least - 1, most + 1, least + 0.5])
      expect(problemsWith(value)).toEqual([{path: 'capacity/default', problem}]);
  });

  test.each(['smarthost-hostname', 'Smarthost', '__proto__', 'smarthost/port'])('%s is unknown', name => {
    const {problems, settings} = parseSettings([{name, value: 'hunter2'}]);
    expect(problems).toEqual([
      {path: name, problem: expect.stringMatching(/^is unknown; known are smarthost, .*, capacity\/…$/)},
    ]);
    expect(settings).toEqual(defaults);
  });

  test.each(['smarthost', 'smtp-sink'])(
    'control characters in a password of the %s are refused, as in a message',
    which => {
      const {problems} = parse({[`${which}-username`]: 'u', [`${which}-password`]: 'hunter2\n'});
      expect(problems).toEqual([
        {path: `${which}-password`, problem: 'must be a text without control characters'},
      ]);
    },
  );

  test('a username of spaces is none', () => {
    const {problems} = parse({'smarthost-username': ' ', 'smarthost-password': 'hunter2'});
    expect(problems).toEqual([{path: 'smarthost-password', problem: 'needs smarthost-username beside it'}]);
  });
});

const everyName = {
  smarthost: 'hunter2 x',
  'smarthost-port': 'hunter2',
  'smarthost-password': 'hunter2',
  'smarthost-security': 'hunter2',
  'smtp-sink-ip': 'hunter2 x',
  'smtp-sink-password': 'hunter2',
  'retry-interval': 'hunter2',
  'max-delivertime': 'hunter2',
  'max-attempts': 'hunter2',
  'helo-name': 'hunter2 x',
  'mx-port': 'hunter2',
  'mx-private-addresses': 'hunter2',
  'mx-mta-sts': 'hunter2',
  'mx-name-servers': 'hunter2',
  'smarthost-ca': 'hunter2',
  'smtp-sink': 'smtp://hunter2:hunter2',
  'mq-headers': 'hunter2',
  strict: 'hunter2',
  'smarthost-private-addresses': 'hunter2',
  'results-kinds': 'hunter2',
  'capacity/example.org': '{"hunter2": "hunter2"}',
  'not-known': 'hunter2',
};

test('every problem is reported at once, and none holds a value', () => {
  const {problems, settings} = parse(everyName);
  expect(problems.map(({path}) => path).sort()).toEqual(Object.keys(everyName).sort());
  expect(JSON.stringify(problems)).not.toContain('hunter2');
  expect(settings).toEqual({
    ...defaults,
    unknown: new Set(['smarthost', 'sink', 'mx']),
    knownFromMs: 0,
    mqHeaders: 'stripped',
  });
});

describe('settings that are one decision stay together', () => {
  const before = {
    smarthost: 'old.example.net',
    'smarthost-username': 'u',
    'smarthost-password': 'p',
    'smtp-sink-ip': '192.0.2.9',
    'retry-interval': '5',
    'max-delivertime': '6',
    'max-attempts': '7',
    'helo-name': 'old.example',
    'mx-port': '26',
    'capacity/example.org': '{"connections": 8}',
  };
  const last = readingOf(before);
  const previous = last.settings;

  test.each([
    ['smarthost', {smarthost: 'new.example.net', 'smarthost-port': 'x'}],
    ['smarthost', {smarthost: 'new.example.net', 'smarthost-username': 'v'}],
    ['sink', {'smtp-sink-ip': '192.0.2.10', 'smtp-sink-port': '0'}],
    ['mx', {'mx-port': '25', 'mx-name-servers': 'x'}],
    ['retryIntervals', {'retry-interval': '1,x'}],
    ['maxDeliverTime', {'max-delivertime': 'x'}],
    ['maxAttempts', {'max-attempts': 'x'}],
    ['heloName', {'helo-name': '-'}],
    ['capacity', {'capacity/example.org': 'x'}],
  ] as const)('with a problem, %s keeps its whole last good value', (group, parameters) => {
    expect(parse(parameters, last).settings).toEqual({...defaults, [group]: previous[group]});
  });

  test.each([
    ['smarthost', {'smarthost-port': 'x'}],
    ['smarthost', {smarthost: 'new.example.net', 'smarthost-password': 'p'}],
    ['sink', {'smtp-sink-ip': '-'}],
    ['sink', {'smtp-sink': 'sink.example'}],
    ['mx', {'mx-port': 'x'}],
  ] as const)(
    'what decides where mail goes is unknown without a last good value: %s of %j',
    (group, parameters) => {
      const reading = readingOf(parameters);
      expect(reading.settings).toEqual({...defaults, unknown: new Set([group]), knownFromMs: 0});
      // It stays so as long as it is wrong, and has been good from then on.
      const again = readingOf(parameters, reading);
      expect(again.settings.unknown).toEqual(new Set([group]));
      const right = readingOf({}, again);
      expect(right.settings).toEqual(defaults);
      expect(readingOf(parameters, right).settings).toEqual(defaults);
    },
  );

  test('each capacity is a matter of its own', () => {
    const wrong = {
      'capacity/example.org': 'x',
      'capacity/default': '{"connections": 9}',
      'capacity/a.b': '{',
    };
    const queues = {default: {connections: 9}, 'example.org': {connections: 8}};
    expect(parse(wrong, last).settings.capacity).toEqual({
      defaults: {connections: 9},
      queues: new Map(Object.entries(queues)),
    });
    expect(parse(wrong).settings.capacity.queues).toEqual(new Map([['default', {connections: 9}]]));
    expect(parse({}, last).settings.capacity).toEqual(defaults.capacity);
  });

  test('a capacity that is there twice is a problem, and one of them counts', () => {
    const twice = {'capacity/a.example': '{"connections": 3}', 'capacity/A.example': '{"connections": 4}'};
    const {settings, problems} = parse(twice);
    expect(settings.capacity.queues).toEqual(new Map([['a.example', {connections: 3}]]));
    const problem = 'is there again, in another case: remove one of them';
    expect(problems).toEqual([{path: 'capacity/A.example', problem}]);
  });

  test('what is wrong in the same way several times is said once', () => {
    expect(parse({'mx-name-servers': 'x,y,z', 'results-kinds': 'a,b'}).problems).toHaveLength(2);
  });

  test('headers are not obeyed while nobody can read whether they are to be', () => {
    expect(parse({'mq-headers': 'striped'}).settings.mqHeaders).toBe('stripped');
    expect(parse({'mq-headers': 'striped'}, last).settings.mqHeaders).toBe('obeyed');
  });

  test.each([
    {'retry-interval': '1,x'},
    {'max-delivertime': 'x'},
    {'max-attempts': 'x'},
    {'helo-name': '-'},
    {'capacity/default': 'x'},
  ])('%j alone falls back to the default', parameters => {
    const parsed = parse({...parameters, smarthost: 'mx.example.net'});
    expect(parsed.settings).toEqual({...defaults, smarthost});
    expect(parsed.problems).toHaveLength(1);
  });

  test('an unknown name spoils nothing, and what is gone is unset', () => {
    expect(parse({'not-known': 'x'}, last).settings).toEqual(defaults);
  });
});
