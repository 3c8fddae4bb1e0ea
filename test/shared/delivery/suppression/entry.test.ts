import {expect, test} from 'vitest';
import {reasonFor, type SuppressionEntry, suppresses} from '../../../../shared/delivery/suppression/entry.ts';

const entry = (more: Partial<SuppressionEntry> = {}): SuppressionEntry => ({
  who: 'jo@example.org',
  reason: 'gone',
  source: 'manual',
  timeMs: 0,
  count: 0,
  ...more,
});

test.each([
  ['what a person has put there, at once', entry(), 5, true],
  ['an import, at once', entry({source: 'ses'}), 5, true],
  ['the first bounce', entry({source: 'bounce', count: 1}), 1, true],
  ['the second bounce of three', entry({source: 'bounce', count: 2}), 3, false],
  ['the third bounce of three', entry({source: 'bounce', count: 3}), 3, true],
  ['old bounces, where none are counted any more', entry({source: 'bounce', count: 1}), 0, true],
  ['what will expire', entry({expiresMs: 1_001}), 1, true],
  ['what has expired, and is still there', entry({expiresMs: 1_000}), 1, false],
])('%s: %#', (_, given, after, expected) => {
  expect(suppresses(given, after, 1_000)).toBe(expected);
});

test('a reason is one line that a terminal can show, and not too long', () => {
  expect(reasonFor('550 5.1.1\r\n\x1b[31mno such user ')).toBe('550 5.1.1 [31mno such user');
  expect(reasonFor('x'.repeat(5_000))).toHaveLength(300);
  expect(reasonFor(`${'x'.repeat(299)}😀`).isWellFormed()).toBe(true);
});
