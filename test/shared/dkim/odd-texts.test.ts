// Each odd text is signed in all ways, and verified by everybody who is there.

import {beforeAll, describe, expect, test} from 'vitest';
import {dkimFieldsOf, type Signing} from '../../../shared/dkim/signature.ts';
import {ed25519Key, recordsOf, rsaKey} from './keys-under-test.ts';
import {oddTexts} from './odd-texts.ts';
import {isMissing as opendkimIsMissing, opendkimVerifies} from './opendkim.ts';
import {asSent, canonicalizations} from './random-messages.ts';
import {dkimpyIsMissing, dkimpyVerdicts, mailauthVerdicts, type Verdicts} from './verifiers.ts';

const nowMs = Date.UTC(2026, 0, 31);
const records = recordsOf([rsaKey, ed25519Key]);
const signings: readonly Signing[] = canonicalizations.flatMap(canonicalization =>
  [rsaKey, ed25519Key].map(key => ({key, canonicalization})),
);
const allRight = signings.map(() => true);

const rows = oddTexts.map(({name, text, beyond = {}}) => {
  const octets = Buffer.from(text as string);
  const signedBy = (some: readonly Signing[]) => asSent(dkimFieldsOf(text, some, nowMs), octets);
  return {name, beyond, signedBy, message: signedBy(signings)};
});

describe('mailauth verifies', () => {
  test.each(rows)('$name', async ({message}) => {
    expect(await mailauthVerdicts(message, records)).toEqual(allRight);
  });
});

describe.skipIf(dkimpyIsMissing)('dkimpy verifies', () => {
  const ofDkimpy = rows.filter(({beyond}) => beyond.dkimpy === undefined);
  let verdicts: readonly Verdicts[] = [];
  beforeAll(() => {
    verdicts = dkimpyVerdicts(
      ofDkimpy.map(({message}) => message),
      records,
    );
  });

  test.each(ofDkimpy.map(({name}, index) => ({name, index})))('$name', ({index}) => {
    expect(verdicts[index]).toEqual(allRight);
  });
});

describe.skipIf(opendkimIsMissing)('opendkim verifies', () => {
  // Outside a mail server it reads a field as if it had one space behind the colon, which `simple` is not about.
  const relaxed = signings.filter(({canonicalization}) => canonicalization?.startsWith('relaxed/'));
  const ofOpendkim = rows.filter(({beyond}) => beyond.opendkim === undefined);
  const all = ofOpendkim.flatMap(({signedBy}) => relaxed.map(signing => signedBy([signing])));
  let verified: readonly boolean[] = [];
  beforeAll(() => {
    verified = opendkimVerifies(all, records);
  });

  test.each(ofOpendkim.map(({name}, index) => ({name, index})))('$name', ({index}) => {
    const start = index * relaxed.length;
    expect(verified.slice(start, start + relaxed.length)).toEqual(relaxed.map(() => true));
  });

  test('and fails where a text was changed', () => {
    const changed = rows
      .slice(0, 1)
      .flatMap(({signedBy}) =>
        relaxed.map(signing => Buffer.concat([signedBy([signing]), Buffer.from('x\r\n')])),
      );
    expect(opendkimVerifies(changed, records)).toEqual(relaxed.map(() => false));
  });
});
