// What the page does with texts of others, addresses and long tables: without a browser.

import {execFileSync} from 'node:child_process';
import {expect, test} from 'vitest';
import {placeOf} from '../../console/app/place-of.ts';
import {linkTo, routeOf, tokenIn} from '../../console/app/route.ts';
import {windowOf} from '../../console/parts/window.ts';
import {commandLineOf} from '../../console/text/shell-words.ts';
import {timesIn} from '../../console/text/times.ts';
import {piecesOf, visible} from '../../console/text/visible.ts';

test.each([
  ['plain', 'plain'],
  ['Grüße 👩‍👩‍👧', 'Grüße 👩‍👩‍👧'],
  ['a\u202eb', 'a‹U+202E›b'],
  ['bell\u0007\u001b[2J', 'bell‹U+0007›‹U+001B›[2J'],
  ['zero\u200bwidth', 'zero‹U+200B›width'],
  ['line\r\nend', 'line‹U+000D›‹U+000A›end'],
  ['half \ud800 pair', 'half ‹U+D800› pair'],
])('what cannot be seen of %j is shown', (text, shown) => {
  expect(visible(text)).toBe(shown);
  expect(
    piecesOf(text)
      .map(({text: piece}) => piece)
      .join(''),
  ).toBe(text);
});

test.each([
  [['relayq', 'trace', 'ann@example.org']],
  [['relayq', 'explain', "o'brien@example.org"]],
  [['x', '$(reboot)', '`reboot`', '; reboot', '']],
  [['x', 'two\nlines', 'back\\slash\u0007', '\u202eturned']],
])('the shell reads back %j from what is copied', words => {
  const line = commandLineOf(words);
  expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
  const shown = execFileSync('bash', ['-c', `printf '%s\\0' ${line}`], {env: {LC_ALL: 'C.UTF-8'}});
  expect(shown.toString().split('\0').slice(0, -1)).toEqual(words);
});

test.each([
  ['#/', {path: [], query: {}}],
  [
    '#/domains/(smarthost)?who=a%40b.example',
    {path: ['domains', '(smarthost)'], query: {who: 'a@b.example'}},
  ],
  ['#/messages?q=a%3Fb', {path: ['messages'], query: {q: 'a?b'}}],
  ['#/domains/100%', {path: ['domains', '100%'], query: {}}],
])('%s is a place', (hash, route) => {
  expect(routeOf(hash)).toEqual(route);
});

test('a link leads back to what it was made of', () => {
  const query = {q: 'a b&c=d?e', empty: ''};
  expect(routeOf(linkTo(['messages', 'a/b'], query))).toEqual({
    path: ['messages', 'a/b'],
    query: {q: 'a b&c=d?e'},
  });
});

test.each([
  ['#AbCdEfGhIjKlMnOpQrStUv', {token: 'AbCdEfGhIjKlMnOpQrStUv', rest: '#/'}],
  [
    '#AbCdEfGhIjKlMnOpQrStUv/domains?state=down',
    {token: 'AbCdEfGhIjKlMnOpQrStUv', rest: '#/domains?state=down'},
  ],
  ['#/domains', undefined],
  ['', undefined],
])('the token in %j is known', (hash, found) => {
  expect(tokenIn(hash)).toEqual(found);
});

test.each([
  ['ann@example.org', '#/messages?q=ann%40example.org'],
  ['4a55faf7-84ed-4d17-bfec-7c7b50a6ca25', '#/messages?q=4a55faf7-84ed-4d17-bfec-7c7b50a6ca25'],
  [' Example.ORG ', '#/domains/example.org'],
  ['(smarthost)', '#/domains/(smarthost)'],
])('%s is found at %s', (text, link) => {
  expect(placeOf(text)).toBe(link);
});

test('times in a sentence are told apart from it', () => {
  expect(timesIn('down since 2026-01-31 12:34:56Z, so it waits')).toEqual([
    {text: 'down since '},
    {text: '2026-01-31 12:34:56Z', ms: Date.UTC(2026, 0, 31, 12, 34, 56)},
    {text: ', so it waits'},
  ]);
});

test.each([
  [{top: 200, height: 900}, 5000],
  [{top: -80_000, height: 900}, 5000],
  [{top: -170_000, height: 900}, 5000],
  [{top: 200, height: 900}, 3],
  [{top: 200, height: 900}, 0],
])('of a table at %j with %i rows, those that are seen are drawn, and few more', (seen, count) => {
  const rowHeight = 33;
  const {from, to} = windowOf(seen, rowHeight, count);
  expect(from).toBeGreaterThanOrEqual(0);
  expect(to).toBeLessThanOrEqual(count);
  expect(to - from).toBeLessThan(60);
  const first = Math.max(0, Math.floor(-seen.top / rowHeight));
  const last = Math.min(count, Math.ceil((seen.height - seen.top) / rowHeight));
  if (last > first) expect([from <= first, to >= last]).toEqual([true, true]);
});
