import {expect, test} from 'vitest';
import {fromDomainsOf} from '../../../../functions/deliver/dkim/from-domains.ts';

const after = '\r\nSubject: s\r\n\r\nFrom: x@body.example\r\n';

test.each<[string, readonly string[]]>([
  ['From: jo@example.org', ['example.org']],
  ['from:<Jo@EXAMPLE.org>', ['example.org']],
  ['From\t: Jo Doe <jo@example.org>', ['example.org']],
  // Mail servers take it for a line of an mbox file.
  ['From : Jo Doe <jo@example.org>', []],
  ['From: Jo\r\n Doe\r\n\t<jo@example.org>', ['example.org']],
  ['From: Jo\n <jo@example.org>', ['example.org']],
  ['From: "Doe, Jo <x@no.example>" <jo@example.org>', ['example.org']],
  ['From: "a \\" b@no.example" <jo@example.org>', ['example.org']],
  ['From: Jo (at <x@no.example>, (nested) \\) still) <jo@example.org>', ['example.org']],
  ['From: "jo, doe"@example.org', ['example.org']],
  ['From: jo@example.org (Jo)', ['example.org']],
  ['From: a@one.example, Two <b@two.example>, c@one.example', ['one.example', 'two.example']],
  ['From: Group: a@one.example, b@two.example;', ['one.example', 'two.example']],
  ['From: jo@bücher.example', ['xn--bcher-kva.example']],
  ['From: <jo@[192.0.2.1]>', ['[192.0.2.1]']],
  ['From: =?utf-8?q?Jo?= <jo@example.org>', ['example.org']],
  ['To: a@b.example\r\nFrom: jo@example.org', ['example.org']],
  ['From: first@one.example\r\nFrom: second@two.example', ['one.example']],
  ['From: undisclosed', []],
  ['From: <>', []],
  ['From:', []],
  ['X-From: jo@example.org', []],
  ['', []],
])('%j', (header, domains) => {
  expect(fromDomainsOf(header + after)).toEqual(domains);
});

test('no more addresses are looked at than anybody writes', () => {
  const list = Array.from({length: 500}, (_, n) => `a@d${n}.example`).join(', ');
  expect(fromDomainsOf(`From: ${list}${after}`)).toHaveLength(20);
});
