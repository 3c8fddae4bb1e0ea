// The smarthost and the sink: in one parameter or in several.

import {describe, expect, test} from 'vitest';
import {fixture} from '../../../fixtures/fixture.ts';
import {expectRight, expectWrong, parse} from '../settings-under-test.ts';

describe('a server in several parameters', () => {
  const port = 'must be a whole number from 1 to 65535';
  const hostProblem = 'must be a host name or an IP address';
  const portApart = 'must be a host name alone; the port goes into its own property';
  const levels = 'must be one of optional, opportunistic, required, verified';
  const authority = fixture('authority.crt').trim();
  const smarthost = {hosts: ['mx.example.net'], port: 25};
  const sink = {hosts: ['192.0.2.1'], port: 25};

  test.each([
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
    [
      {smarthost: 'mx.example.net', 'smarthost-ca': `${authority}\n`},
      {smarthost: {...smarthost, ca: authority}},
    ],
    [
      {smarthost: 'mx.example.net', 'smarthost-ca': `# ours\n${authority}\n# theirs\n${authority}\n`},
      {smarthost: {...smarthost, ca: `${authority}\n${authority}`}},
    ],
  ])('%j', expectRight);

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
    ['smarthost-ca', 'hunter2', 'must be one or more certificates in PEM, and nothing else in PEM'],
    [
      'smarthost-ca',
      '-----BEGIN CERTIFICATE-----\nhunter2=\n-----END CERTIFICATE-----',
      'must be one or more certificates in PEM, and nothing else in PEM',
    ],
  ])('%s is wrong: %j', expectWrong);

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

const server = {hosts: ['mx.example.net'], port: 587};
const credentials = {username: 'jo', password: 'hunter2'};
const url = 'smtp://mx.example.net:587';
const whole = 'smtp://jo:hunter2@mx.example.net:587';

describe('a server as a URL', () => {
  test.each([
    [{smarthost: url}, {smarthost: server}],
    [{smarthost: ` ${whole}\n`}, {smarthost: {...server, credentials}}],
    [{smarthost: 'smtps://mx.example.net'}, {smarthost: {...server, port: 465, implicitTls: true}}],
    [
      {smarthost: whole, 'smarthost-security': 'verified'},
      {smarthost: {...server, credentials, security: 'verified'}},
    ],
    // What the URL says counts, its port too.
    [{smarthost: whole, 'smarthost-port': '25'}, {smarthost: {...server, credentials}}],
    [{smarthost: 'smtp://mx.example.net', 'smarthost-port': '587'}, {smarthost: {...server, port: 25}}],
    [
      {smarthost: url, 'smarthost-username': 'jo', 'smarthost-password': 'hunter2'},
      {smarthost: {...server, credentials}},
    ],
    [
      {smarthost: whole, 'smarthost-username': ' ', 'smarthost-password': ''},
      {smarthost: {...server, credentials}},
    ],
    [{'smtp-sink': whole}, {sink: {...server, credentials}}],
    [
      {'smtp-sink': whole, 'smtp-sink-ip': '192.0.2.1', 'smtp-sink-port': '2525'},
      {sink: {...server, credentials}},
    ],
    [
      {'smtp-sink': url, 'smtp-sink-username': 'jo', 'smtp-sink-password': 'hunter2'},
      {sink: {...server, credentials}},
    ],
    [{'smtp-sink': 'smtp://0.0.0.0'}, {}],
    [{'smtp-sink': 'smtp://[::]:2525'}, {}],
    [{smarthost: ''}, {}],
  ])('%j', expectRight);

  const beside = 'stands beside a URL with a user name: remove one of them';
  const shape = 'must be a URL such as smtp://host:587 or smtps://host';
  test.each([
    [
      {smarthost: 'smtp://jo@mx.example.net'},
      'smarthost',
      'is a URL without a password: give both or neither',
    ],
    [
      {smarthost: 'smtp://:hunter2@mx.example.net'},
      'smarthost',
      'is a URL without a username: give both or neither',
    ],
    [{smarthost: 'http://jo:hunter2@mx.example.net'}, 'smarthost', shape],
    [{'smtp-sink': 'mx.example.net'}, 'smtp-sink', shape],
    [
      {'smtp-sink': whole, 'smtp-sink-ip': '0.0.0.0'},
      'smtp-sink-ip',
      'turns the sink off, and smtp-sink turns it on: remove one of them',
    ],
  ])('%j is wrong', (parameters, path, problem) => {
    expect(parse(parameters as Record<string, string>).problems).toEqual([{path, problem}]);
  });

  test.each(['smarthost', 'smtp-sink'])('credentials beside those of a URL are wrong: %s', name => {
    const both = {[name]: whole, [`${name}-username`]: 'jo', [`${name}-password`]: 'hunter2'};
    expect(parse(both).problems).toEqual([
      {path: `${name}-username`, problem: beside},
      {path: `${name}-password`, problem: beside},
    ]);
  });
});

describe('smarthost-url', () => {
  const rest = {smarthost: 'a.example', 'smarthost-username': 'a', 'smarthost-password': 'a-hunter2'};

  test.each([
    [{'smarthost-url': whole}, {smarthost: {...server, credentials}}],
    [{...rest, 'smarthost-url': whole}, {smarthost: {...server, credentials}}],
    // Nobody logs in with what stands beside it.
    [{...rest, 'smarthost-url': url}, {smarthost: server}],
    [
      {...rest, 'smarthost-url': ' '},
      {smarthost: {hosts: ['a.example'], port: 25, credentials: {username: 'a', password: 'a-hunter2'}}},
    ],
    // The others may be removed one by one.
    [{'smarthost-username': 'a', 'smarthost-url': whole}, {smarthost: {...server, credentials}}],
    [
      {'smarthost-url': url, 'smarthost-security': 'verified'},
      {smarthost: {...server, security: 'verified'}},
    ],
  ])('%j', expectRight);

  test.each([
    ['smarthost-url', 'mx.example.net', 'must be a URL such as smtp://host:587 or smtps://host'],
    ['smarthost-url', 'smtp://jo@mx.example.net', 'is a URL without a password: give both or neither'],
  ])('%s is wrong: %j', expectWrong);

  test('is not used beside a port that is none: the others are just being written', () => {
    expect(parse({'smarthost-url': whole, 'smarthost-port': 'x'}).problems).toMatchObject([
      {path: 'smarthost-port'},
    ]);
  });
});
