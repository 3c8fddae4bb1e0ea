import fc from 'fast-check';
import {expect, test} from 'vitest';
import {firstHostIn, isUrl, nameOfRelay, parseHosts, parseRelayUrl} from '../../../shared/smtp/smarthost.ts';

const list = 'must be a host name or an IP address, or several of them in the order to try them';
const hosts = (count: number) => Array.from({length: count}, (_, index) => `mx${index}.example.net`);

test.each([
  ['one', 'MX.example.net', ['mx.example.net']],
  ['several with commas between them', 'b.example, a.example', ['b.example', 'a.example']],
  ['a list', ['b.example', ' [::1] '], ['b.example', '::1']],
  ['the same twice, which is tried once', 'a.example,A.example', ['a.example']],
  ['ten', hosts(10), hosts(10)],
])('a smarthost’s hosts are %s', (_, value, expected) => {
  expect(parseHosts(value)).toEqual({ok: true, value: expected});
});

test.each([
  ['eleven', hosts(11), list],
  ['none', [], list],
  ['a number', 7, list],
  ['an object', {length: 1}, list],
  ['a list of numbers', [7], list],
  ['one that is wrong among others', 'a.example,a b', 'must be a host name or an IP address'],
])('they are not %s', (_, value, problem) => {
  expect(parseHosts(value)).toEqual({ok: false, problem});
});

test('a relay is called by its hosts and its port', () => {
  expect(nameOfRelay({hosts: ['a.example', '::1'], port: 25})).toBe('a.example,[::1]:25');
});

const relay = {hosts: ['mx.example.net'], port: 25};
const credentials = {username: 'jo', password: 'hunter2'};

test.each([
  ['smtp://mx.example.net', relay],
  ['smtp://MX.example.net/', relay],
  ['  SMTP://mx.example.net:587\n', {...relay, port: 587}],
  ['smtp://mx.example.net:', relay],
  ['smtps://mx.example.net', {...relay, port: 465, implicitTls: true}],
  ['smtps://mx.example.net:4650', {...relay, port: 4650, implicitTls: true}],
  ['smtp://mx.example.net:465', {...relay, port: 465}],
  ['smtp://jo:hunter2@mx.example.net', {...relay, credentials}],
  ['smtp://%6Ao:hunter%32@mx.example.net:25', {...relay, credentials}],
  [
    'smtp://jo%40example.com:%2F%3F%23%3A%25%20@mx.example.net',
    {...relay, credentials: {username: 'jo@example.com', password: '/?#:% '}},
  ],
  [
    'smtp://jo@example.com:p:w@rd+@mx.example.net',
    {...relay, credentials: {username: 'jo@example.com', password: 'p:w@rd+'}},
  ],
  ['smtp://j%C3%B6:p%C3%A4@mx.example.net', {...relay, credentials: {username: 'jö', password: 'pä'}}],
  ['smtp://jo@mx.example.net', {...relay, missingCredential: 'password'}],
  ['smtp://jo:@mx.example.net', {...relay, missingCredential: 'password'}],
  ['smtp://:hunter2@mx.example.net', {...relay, missingCredential: 'username'}],
  ['smtp://:@mx.example.net', relay],
  ['smtp://@mx.example.net', relay],
  ['smtp://192.0.2.1:2525', {hosts: ['192.0.2.1'], port: 2525}],
  ['smtp://jo:hunter2@[2001:DB8::1]:2525', {hosts: ['2001:db8::1'], port: 2525, credentials}],
  ['smtp://[::1]', {hosts: ['::1'], port: 25}],
  ['smtp://bücher.example', {hosts: ['xn--bcher-kva.example'], port: 25}],
  ['smtp://a.example,[::1],a.example:587', {hosts: ['a.example', '::1'], port: 587}],
])('%j is a relay', (url, value) => {
  expect(isUrl(url)).toBe(true);
  expect(parseRelayUrl(url)).toEqual({ok: true, value});
});

const shape = 'must be a URL such as smtp://host:587 or smtps://host';
const host = 'is a URL whose host is not a host name or an IP address';
const port = 'is a URL whose port is not a whole number from 1 to 65535';
const rest =
  'is a URL with something behind the host and the port; in user and password write / as %2F, ? as %3F and # as %23';
const percent =
  'is a URL with a % in user or password that does not begin an encoded character: write % as %25';
const control = 'is a URL with a control character in user or password';

test.each([
  ['mx.example.net', shape],
  ['smtp:mx.example.net', shape],
  ['smtp:/mx.example.net', shape],
  ['http://jo:hunter2@mx.example.net', shape],
  ['xsmtp://jo:hunter2@mx.example.net', shape],
  ['smtp://', host],
  ['smtp://jo:hunter2@', host],
  ['smtp://:25', host],
  ['smtp://::1', host],
  ['smtp://::1:25', host],
  ['smtp://a.example:25,b.example:25', host],
  ['smtp://a b.example', host],
  ['smtp://jo:hunter2@a.example%2f', host],
  ['smtp://jo:hunter2@mx.example.net:0', port],
  ['smtp://jo:hunter2@mx.example.net:65536', port],
  ['smtp://jo:hunter2@mx.example.net:000025', port],
  ['smtp://jo:hunter2@mx.example.net/x', rest],
  ['smtp://jo:hunter2@mx.example.net?security=verified', rest],
  ['smtp://jo:hunter2@mx.example.net#x', rest],
  ['smtp://jo:25/hunter2@mx.example.net', rest],
  ['smtp://jo:hunter2%@mx.example.net', percent],
  ['smtp://jo:hunter2%zz@mx.example.net', percent],
  ['smtp://jo:hunter2%ff@mx.example.net', percent],
  ['smtp://jo:hunter2%0d%0a@mx.example.net', control],
  ['smtp://jo:hunter2\n@mx.example.net', control],
  [
    'smtp://jo:***@mx.example.net',
    'is a URL whose password is masked, as results show it: write the password itself',
  ],
])('%j is none, and the problem does not quote it', (url, problem) => {
  expect(parseRelayUrl(url)).toEqual({ok: false, problem});
});

test('any user and any password go into a URL and come out again', () => {
  const text = fc.string({unit: 'grapheme', minLength: 1}).filter(part => !/[\p{Cc}\p{Cs}]/u.test(part));
  fc.assert(
    fc.property(text, text, (username, password) => {
      const url = `smtp://${encodeURIComponent(username)}:${encodeURIComponent(password)}@mx.example.net`;
      expect(parseRelayUrl(url)).toEqual({ok: true, value: {...relay, credentials: {username, password}}});
    }),
  );
});

test.each([['a.example'], ['::1'], ['192.0.2.1']])(
  'the first host is found in the name of a relay: %s',
  host => {
    expect(firstHostIn(nameOfRelay({hosts: [host], port: 25}))).toBe(host);
    expect(firstHostIn(nameOfRelay({hosts: [host, 'b.example', '::2'], port: 587}))).toBe(host);
  },
);
