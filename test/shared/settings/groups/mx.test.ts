import {expect, test} from 'vitest';
import {defaults, expectRight, expectWrong, parse} from '../settings-under-test.ts';

const port = 'must be a whole number from 1 to 65535';
const resolverProblem = 'must be a DNS resolver that is asked over HTTPS, such as dns.quad9.net';
const servers = 'must be IPv4 addresses, each with an optional :port';

test.each([
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
])('%j', expectRight);

test.each([
  ['mx-port', '0', port],
  ['mx-private-addresses', 'yes', 'must be one of refused, allowed'],
  ['mx-mta-sts', 'off', 'must be one of enforced, ignored'],
  ['mx-resolver', 'enforced', resolverProblem],
  ['mx-resolver', 'http://dns.example/dns-query', resolverProblem],
  ['mx-resolver', 'a b.example', resolverProblem],
  ['mx-resolver', 'dns.example:0x', resolverProblem],
  ['mx-resolver', 'https://user@dns.example/dns-query', resolverProblem],
  ['mx-resolver', 'https://:secret@dns.example/dns-query', resolverProblem],
  ['mx-resolver', 'https://dns.example/dns-query#a', resolverProblem],
  ['mx-name-servers', 'ns.example', servers],
  ['mx-name-servers', '192.0.2.1:65536', servers],
  ['mx-name-servers', '192.0.2.1:0', servers],
  ['mx-name-servers', 'x:192.0.2.1', servers],
  ['mx-name-servers', '192.0.2.1:53x', servers],
  ['mx-name-servers', '2001:db8::1', servers],
  ['mx-name-servers', '2001:db8::a', servers],
])('%s is wrong: %j', expectWrong);

test.each([
  ['dns.example', 'https://dns.example/dns-query'],
  ['dns.example:8443/ask?me', 'https://dns.example:8443/ask?me'],
  ['https://dns.example/ask', 'https://dns.example/ask'],
  ['192.0.2.53', 'https://192.0.2.53/dns-query'],
  ['[2001:db8::53]', 'https://[2001:db8::53]/dns-query'],
  ['localhost:8443', 'https://localhost:8443/dns-query'],
])('a resolver can be %s', (value, resolver) => {
  expect(parse({'mx-resolver': value})).toEqual({
    settings: {...defaults, mx: {...defaults.mx, resolver}},
    problems: [],
  });
});

test('a resolver and name servers do not go together', () => {
  const {problems} = parse({'mx-resolver': 'dns.example', 'mx-name-servers': '192.0.2.53'});
  const problem = 'takes the place of mx-name-servers: remove one of them';
  expect(problems).toEqual([{path: 'mx-resolver', problem}]);
});

test('a resolver may have the former name of its parameter', () => {
  const resolver = 'https://dns.example/dns-query';
  expectRight({'mx-dane': 'dns.example'}, {mx: {...defaults.mx, resolver}});
  expectWrong('mx-dane', 'a b.example', resolverProblem);
  const {problems} = parse({'mx-dane': 'dns.example', 'mx-name-servers': '192.0.2.53'});
  expect(problems).toEqual([
    {path: 'mx-dane', problem: 'takes the place of mx-name-servers: remove one of them'},
  ]);
});

test('a resolver under both names is a problem, also where it is the same', () => {
  const problem = 'is the former name of mx-resolver, which is there too: remove mx-dane';
  const {settings, problems} = parse({'mx-resolver': 'dns.example', 'mx-dane': 'dns.example'});
  expect(problems).toEqual([{path: 'mx-dane', problem}]);
  expect(settings.unknown).toEqual(new Set(['mx']));
  expectRight(
    {'mx-resolver': 'dns.example', 'mx-dane': ' '},
    {mx: parse({'mx-resolver': 'dns.example'}).settings.mx},
  );
});
