import {expect, test} from 'vitest';
import {nameOfRelay, parseHosts} from '../../shared/smarthost.ts';

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
