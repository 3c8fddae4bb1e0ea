import {expect, test} from 'vitest';
import {dkimFieldsOf, parseSignable, type Signing} from '../../../shared/dkim/signature.ts';
import {ed25519Key, recordsOf, rsaKey} from './keys-under-test.ts';
import {dkimpyIsMissing, dkimpyVerdicts, mailauthVerdicts} from './verifiers.ts';

const nowMs = Date.UTC(2026, 0, 31);
const canonicalizations = ['relaxed/relaxed', 'relaxed/simple', 'simple/relaxed', 'simple/simple'] as const;
const signings: readonly Signing[] = canonicalizations.flatMap(canonicalization =>
  [rsaKey, ed25519Key].map(key => ({key, canonicalization})),
);

const text =
  'From: a@example.org\r\nTo: b@example.org\r\nSubject:  a\r\n\t b \r\n\r\nHello  you \r\n\r\n\r\n';

test('each signature of a message verifies', async () => {
  const message = Buffer.from(dkimFieldsOf(text, signings, nowMs) + text);
  const records = recordsOf([rsaKey, ed25519Key]);
  expect(await mailauthVerdicts(message, records)).toEqual(signings.map(() => true));
  if (!dkimpyIsMissing) expect(dkimpyVerdicts([message], records)).toEqual([signings.map(() => true)]);
});

test('a text without From cannot be signed', () => {
  const from = text.replace('From:', 'Sender:');
  expect(parseSignable(from)).toEqual({
    ok: false,
    problem: 'has no From field, which a DKIM signature has to cover',
  });
  expect(() => dkimFieldsOf(from, signings, nowMs)).toThrow('The text has no From field');
  expect(dkimFieldsOf(from, [], nowMs)).toBe('');
});
