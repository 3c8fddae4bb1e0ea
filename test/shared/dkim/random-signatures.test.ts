// Random messages, signed at random: RELAYQ_DKIM_MESSAGES says how many, such as 10000.

import fc from 'fast-check';
import {expect, test} from 'vitest';
import {dkimFieldsOf, type Signing} from '../../../shared/dkim/signature.ts';
import {ed25519Key, recordsOf, rsaKey} from './keys-under-test.ts';
import {asSent, signedTexts} from './random-messages.ts';
import {dkimpyIsMissing, dkimpyVerdicts, mailauthVerdicts, type Verdicts} from './verifiers.ts';

const count = Number(process.env.RELAYQ_DKIM_MESSAGES ?? 300);
const nowMs = Date.UTC(2026, 0, 31);
const records = recordsOf([rsaKey, ed25519Key]);

interface Signed {
  readonly message: Buffer;
  readonly signings: readonly Signing[];
}

/** Each batch is a process of Python. */
const batchSize = 500;

function* dkimpyResults(all: readonly Signed[]): Generator<readonly [Signed, Verdicts]> {
  if (dkimpyIsMissing) return;
  for (let at = 0; at < all.length; at += batchSize) {
    const batch = all.slice(at, at + batchSize);
    const verdicts = dkimpyVerdicts(
      batch.map(({message}) => message),
      records,
    );
    yield* batch.map((signed, index) => [signed, verdicts[index]!] as const);
  }
}

test('each signature of a random message verifies', async () => {
  const all: Signed[] = [];
  const verifies = fc.asyncProperty(signedTexts, async ({text, signings}) => {
    const message = asSent(dkimFieldsOf(text, signings, nowMs), text);
    all.push({message, signings});
    expect(await mailauthVerdicts(message, records)).toEqual(signings.map(() => true));
  });
  await fc.assert(verifies, {numRuns: count});
  for (const [{message, signings}, verdicts] of dkimpyResults(all))
    expect(verdicts, message.toString('latin1')).toEqual(signings.map(() => true));
});

/** Changes that each signature has to notice, wherever they are made. `at` is any whole number. */
const changes: Readonly<Record<string, (message: Buffer, at: number) => Buffer>> = {
  'a character more in the body': (message, at) => {
    const end = message.indexOf('\r\n\r\n');
    const start = end < 0 ? message.length : end + 4;
    return spliced(message, start + (at % (message.length - start + 1)), end < 0 ? '\r\nx\r\n' : 'x');
  },
  'a character more in From': message => spliced(message, behindFrom(message), 'x'),
  'another From on top': message => Buffer.concat([Buffer.from('From: x@example.org\r\n'), message]),
  'another From behind the first': message =>
    spliced(message, lineEndOf(message, behindFrom(message)) + 2, 'from: x\r\n'),
  'another Subject on top': message => Buffer.concat([Buffer.from('Subject: x\r\n'), message]),
  'another Reply-To behind': message => spliced(message, headerEndOf(message), '\r\nReply-To: x'),
  'another time in the signature': message =>
    Buffer.from(message.toString('latin1').replaceAll(/ t=1769817600;/g, ' t=1769817601;'), 'latin1'),
  'another canonicalization in the signature': message =>
    Buffer.from(
      message
        .toString('latin1')
        .replaceAll(/ c=(relaxed|simple)\/(?:relaxed|simple);/g, (tag, header) =>
          tag.endsWith('/simple;') ? ` c=${header}/relaxed;` : ` c=${header}/simple;`,
        ),
      'latin1',
    ),
};

const spliced = (octets: Buffer, at: number, more: string): Buffer =>
  Buffer.concat([octets.subarray(0, at), Buffer.from(more), octets.subarray(at)]);
const headerEndOf = (message: Buffer): number => {
  const end = message.indexOf('\r\n\r\n');
  return end < 0 ? message.length - 2 : end;
};
/** Behind the colon of the text's From. */
const behindFrom = (message: Buffer): number =>
  /(?:^|\r\n)From:/i.exec(message.toString('latin1'))!.index + 7;
/** Where a field ends that begins before. */
const lineEndOf = (message: Buffer, from: number): number => {
  const found = message
    .toString('latin1')
    .slice(from)
    .search(/\r\n(?![ \t])/);
  return from + found;
};

test('no signature of a message verifies that was changed', async () => {
  const all: Signed[] = [];
  const change = fc.constantFrom(...Object.keys(changes));
  const fails = fc.asyncProperty(signedTexts, change, fc.nat(), async ({text, signings}, name, at) => {
    const message = changes[name]!(asSent(dkimFieldsOf(text, signings, nowMs), text), at);
    all.push({message, signings});
    const verdicts = await mailauthVerdicts(message, records);
    expect(verdicts).toHaveLength(signings.length);
    expect(verdicts, name).not.toContain(true);
  });
  await fc.assert(fails, {numRuns: count});
  for (const [{message}, verdicts] of dkimpyResults(all))
    expect(verdicts, message.toString('latin1')).not.toContain(true);
});
