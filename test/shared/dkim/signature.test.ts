import {createHash} from 'node:crypto';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {dkimFieldsOf, parseSignable, type Signing} from '../../../shared/dkim/signature.ts';
import {ed25519Key, recordsOf, rsaKey} from './keys-under-test.ts';
import {dkimpyIsMissing, dkimpyVerdicts, mailauthVerdicts} from './verifiers.ts';

const nowMs = Date.UTC(2026, 0, 31) + 999;
const text = 'From: a@example.org\r\nTo: b@example.org\r\nSubject: hello\r\n\r\nHello.\r\n';

const unfolded = (field: string): string => field.replaceAll('\r\n', '');
/** The tags of a field, without the blanks of its folds. */
function tagsOf(field: string): Readonly<Record<string, string>> {
  const tags = unfolded(field).replace('DKIM-Signature: ', '').split(';');
  return Object.fromEntries(
    tags.map(tag => {
      const [, name = '', value = ''] = /^([^=]*)=(.*)$/.exec(tag.replace(/\s/g, ''))!;
      return [name, value];
    }),
  );
}
const tagsWith = (signing: Partial<Signing> = {}, of: string | Buffer = text) =>
  tagsOf(dkimFieldsOf(of, [{key: ed25519Key, ...signing}], nowMs));
const namesWith = (signing: Partial<Signing> = {}, fields = ''): readonly string[] =>
  tagsWith(signing, fields + text).h!.split(':');

describe('the tags of a signature', () => {
  test('say how it was made', () => {
    const {h: _, bh, b, ...tags} = tagsWith();
    expect(tags).toEqual({
      v: '1',
      a: 'ed25519-sha256',
      c: 'relaxed/relaxed',
      d: 'example.org',
      s: '2026',
      t: '1769817600',
    });
    expect(bh).toBe(createHash('sha256').update('Hello.\r\n').digest('base64'));
    expect(b).toMatch(/^[A-Za-z0-9+/]{86}==$/);
    expect(tagsWith({key: rsaKey, canonicalization: 'simple/relaxed'})).toMatchObject({
      a: 'rsa-sha256',
      c: 'simple/relaxed',
      s: 'rsa',
    });
  });

  test('say when it expires', () => {
    expect(tagsWith({expireMs: nowMs + 5000})).toMatchObject({t: '1769817600', x: '1769817605'});
  });

  test('do not say when it was made if it has expired, as x= has to be later than t=', async () => {
    const signing = {key: rsaKey, expireMs: nowMs - 5000};
    expect(tagsWith(signing)).toMatchObject({x: '1769817595'});
    expect(tagsWith(signing).t).toBeUndefined();
    expect(tagsWith({expireMs: nowMs}).t).toBeUndefined();
    const message = Buffer.from(dkimFieldsOf(text, [signing], nowMs) + text);
    expect(await mailauthVerdicts(message, recordsOf([rsaKey]))).toEqual([
      expect.stringContaining('expired'),
    ]);
  });

  test('have the domain and the selector in A-labels', () => {
    const key = {...ed25519Key, domain: 'Bücher.Example', selector: 'März'};
    expect(tagsWith({key})).toMatchObject({d: 'xn--bcher-kva.example', s: 'xn--mrz-qla'});
  });

  test('cannot be added to by a domain or a selector', () => {
    const domain = {...ed25519Key, domain: 'example.org; l=0'};
    const selector = {...ed25519Key, selector: 'a\r\nX: 1'};
    for (const key of [domain, selector])
      expect(() => dkimFieldsOf(text, [{key}], nowMs)).toThrow(
        'The domain or the selector of a key for DKIM',
      );
  });
});

describe('h= names', () => {
  const count = (names: readonly string[], name: string) => names.filter(other => other === name).length;
  const ofReaders = ['from', 'to', 'cc', 'subject', 'date', 'reply-to', 'message-id'];
  const ofMime = ['mime-version', 'content-type', 'content-transfer-encoding'];

  test.each([...ofReaders, ...ofMime])('%s once more than it is there', name => {
    const present = count(text.toLowerCase().split(/[:\r\n]+/), name);
    expect(count(namesWith(), name)).toBe(present + 1);
    expect(count(namesWith({}, `${name}: x\r\n`.repeat(3)), name)).toBe(present + 4);
  });

  test.each(['content-disposition', 'content-id', 'content-language'])('%s so if it is there', name => {
    expect(count(namesWith(), name)).toBe(0);
    expect(count(namesWith({}, `${name}: x\r\n`), name)).toBe(2);
  });

  test.each([
    ...['in-reply-to', 'references', 'list-unsubscribe', 'list-unsubscribe-post', 'feedback-id', 'sender'],
    ...['list-id', 'list-help', 'list-subscribe', 'list-post', 'list-owner', 'list-archive'],
  ])('%s as often as it is there', name => {
    expect(count(namesWith(), name)).toBe(0);
    expect(count(namesWith({}, `${name}: x\r\n`.repeat(2)), name)).toBe(2);
  });

  const changing = [
    ...['Return-Path', 'Received', 'Authentication-Results', 'DKIM-Signature', 'ARC-Seal', 'Delivered-To'],
    ...['Resent-From', 'Bcc', 'X-Mq-Tags', 'Received-SPF'],
  ];
  test.each(changing)('no %s, even if it is asked for', name => {
    expect(namesWith({headers: [name]}, `${name}: x\r\n`)).not.toContain(name.toLowerCase());
  });

  test('what else is asked for, as often as it is there', () => {
    const names = namesWith(
      {headers: ['X-Campaign', 'x-absent', 'Subject']},
      'X-CAMPAIGN: x\r\nx-other: x\r\n',
    );
    expect(count(names, 'x-campaign')).toBe(1);
    expect(count(names, 'subject')).toBe(2);
    expect(names).not.toContain('x-absent');
    expect(names).not.toContain('x-other');
  });

  test('nothing that the next hop rewrites; From all the same', () => {
    const names = namesWith({unsigned: ['Message-ID', 'date', 'From'], headers: ['Date']}, 'Date: x\r\n');
    expect(names).not.toContain('message-id');
    expect(names).not.toContain('date');
    expect(count(names, 'from')).toBe(2);
  });

  test('each of very many fields', () => {
    expect(count(namesWith({}, 'Cc:\r\n'.repeat(200_000)), 'cc')).toBe(200_001);
  });

  test('no name that would end the list', () => {
    expect(namesWith({headers: ['x;b=y']}, 'x;b=y: z\r\n').join()).not.toContain('x;b=y');
  });

  test('what is behind lines that belong to no field', () => {
    const names = namesWith(
      {headers: ['x-a', 'x-b', 'x-c']},
      ' \r\n x-a: 1\r\nnone\r\n x-b: 1\r\nx-c: 1\r\n',
    );
    expect(names).toContain('x-c');
    expect(names).not.toContain('x-a');
    expect(names).not.toContain('x-b');
  });
});

describe('several signatures', () => {
  const signings: readonly Signing[] = [
    {key: rsaKey},
    {key: ed25519Key, canonicalization: 'simple/simple'},
    {key: {...rsaKey, domain: 'example.net'}, canonicalization: 'relaxed/simple'},
  ];

  test('stand in the order in which they are asked for, and are what each alone would be', () => {
    const fields = dkimFieldsOf(text, signings, nowMs);
    const alone = signings.map(signing => dkimFieldsOf(text, [signing], nowMs));
    expect(fields).toBe(alone.join(''));
  });

  test('verify, also above one that is there already', async () => {
    const there = dkimFieldsOf(text, [{key: {...rsaKey, selector: 'before'}}], nowMs) + text;
    const message = Buffer.from(dkimFieldsOf(there, signings, nowMs) + there);
    const keys = [...signings.map(({key}) => key), {...rsaKey, selector: 'before'}];
    expect(await mailauthVerdicts(message, recordsOf(keys))).toEqual(keys.map(() => true));
    if (!dkimpyIsMissing) expect(dkimpyVerdicts([message], recordsOf(keys))).toEqual([keys.map(() => true)]);
  });

  test('are none without a key', () => {
    expect(dkimFieldsOf(text, [], nowMs)).toBe('');
  });
});

test('octets and text are signed alike', () => {
  const umlauts = text.replace('hello', 'Grüße');
  const signings = [{key: ed25519Key}];
  expect(dkimFieldsOf(Buffer.from(umlauts), signings, nowMs)).toBe(dkimFieldsOf(umlauts, signings, nowMs));
});

test('a text without From cannot be signed', () => {
  const problem = 'has no From field, which a DKIM signature has to cover';
  const from = text.replace('From:', 'Sender:');
  for (const unsignable of ['', '\r\n', `\r\n${text}`, from, `x: y\r\n From: a@example.org\r\n\r\n${text}`]) {
    expect(parseSignable(unsignable)).toEqual({ok: false, problem});
    expect(() => dkimFieldsOf(unsignable, [{key: rsaKey}], nowMs)).toThrow(`The text ${problem}.`);
    expect(dkimFieldsOf(unsignable, [], nowMs)).toBe('');
  }
});

describe('lines', () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/);
  const name = fc.array(label, {minLength: 1, maxLength: 6}).map(labels => labels.join('.').slice(0, 75));
  const dotless = name.filter(text => !text.endsWith('.'));
  const fields = fc.array(fc.stringMatching(/^x-[a-z]{1,70}$/), {maxLength: 30});

  test('have at most 78 characters, and one blank at the start', () => {
    const property = fc.property(
      dotless,
      dotless,
      fields,
      fc.boolean(),
      (domain, selector, headers, isRsa) => {
        const key = {...(isRsa ? rsaKey : ed25519Key), domain: `${domain}x`, selector};
        const of = headers.map(header => `${header}: 1\r\n`).join('') + text;
        const signed = dkimFieldsOf(of, [{key, headers, expireMs: nowMs + 5000}], nowMs);
        expect(signed.endsWith('\r\n')).toBe(true);
        const [first, ...lines] = signed.slice(0, -2).split('\r\n');
        expect(first).toMatch(/^DKIM-Signature: v=1;[^\s]?/);
        for (const line of lines) expect(line).toMatch(/^ \S/);
        expect(Math.max(...[first!, ...lines].map(line => line.length))).toBeLessThanOrEqual(78);
        expect(tagsOf(signed)).toMatchObject({d: key.domain, s: selector});
        expect(new Set(tagsOf(signed).h!.split(':'))).toEqual(new Set([...namesWith(), ...headers]));
      },
    );
    fc.assert(property, {numRuns: 200});
  });

  test('of a domain that is longer than that: it stands alone in one, and verifies', async () => {
    const domain = `${`${'a'.repeat(60)}.`.repeat(3)}example`;
    const key = {...rsaKey, domain, selector: 'b'.repeat(40)};
    const signed = dkimFieldsOf(text, [{key}], nowMs);
    expect(signed.split('\r\n').filter(line => line.length > 78)).toEqual([` ${domain};`]);
    const message = Buffer.from(signed + text);
    expect(await mailauthVerdicts(message, recordsOf([key]))).toEqual([true]);
    if (!dkimpyIsMissing) expect(dkimpyVerdicts([message], recordsOf([key]))).toEqual([[true]]);
  });
});
