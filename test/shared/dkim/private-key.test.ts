import {createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import {dnsRecordOf, parsePrivateKey} from '../../../shared/dkim/private-key.ts';

const rsaOf = (modulusLength: number): KeyObject => generateKeyPairSync('rsa', {modulusLength}).privateKey;
const rsa = rsaOf(2048);
const {privateKey: ed25519} = generateKeyPairSync('ed25519');
const pemOf = (key: KeyObject, type: 'pkcs1' | 'pkcs8' = 'pkcs8'): string =>
  key.export({type, format: 'pem'}) as string;
const base64Of = (key: KeyObject, type: 'pkcs1' | 'pkcs8'): string =>
  key.export({type, format: 'der'}).toString('base64');
const pkcs8 = pemOf(rsa);

describe('a key can be', () => {
  test.each([
    ['PEM of PKCS#8', rsa, pkcs8],
    ['PEM of PKCS#1', rsa, pemOf(rsa, 'pkcs1')],
    ['PEM with CRLF', rsa, pkcs8.replaceAll('\n', '\r\n')],
    ['PEM with escaped line ends', rsa, pkcs8.replaceAll('\n', '\\n')],
    ['PEM with spaces in place of line ends', rsa, pkcs8.replaceAll('\n', ' ')],
    ['PEM with blanks around it', rsa, `\n  ${pkcs8}\n\n`],
    ['base64 of PKCS#8', rsa, base64Of(rsa, 'pkcs8')],
    ['base64 of PKCS#1', rsa, base64Of(rsa, 'pkcs1')],
    ['base64 in lines', rsa, base64Of(rsa, 'pkcs1').replace(/.{64}/g, '$&\r\n')],
    ['PEM of Ed25519', ed25519, pemOf(ed25519)],
    ['base64 of Ed25519', ed25519, base64Of(ed25519, 'pkcs8')],
  ])('%s', (_, key, text) => {
    const parsed = parsePrivateKey(text);
    if (!parsed.ok) throw new Error(parsed.problem);
    expect(parsed.value.privateKey.equals(key)).toBe(true);
    expect(parsed.value.warning).toBeUndefined();
  });
});

test('a short RSA key is taken with a warning', () => {
  const key = rsaOf(1024);
  expect(parsePrivateKey(pemOf(key))).toEqual({
    ok: true,
    value: {privateKey: key, warning: 'is an RSA key of 1024 bits: it should have 2048'},
  });
});

/** The last octets of the key's numbers are changed, as by a slip in a copy. */
function damaged(key: KeyObject): string {
  const der = key.export({type: 'pkcs8', format: 'der'});
  for (const at of [400, 700, 900, 1000, 1100]) der[at] = der[at]! ^ 1;
  return der.toString('base64');
}

const cut = (text: string): string => text.slice(0, text.length / 2);
const other = (type: 'ec' | 'dsa'): string =>
  type === 'ec'
    ? pemOf(generateKeyPairSync('ec', {namedCurve: 'prime256v1'}).privateKey)
    : pemOf(generateKeyPairSync('ed448').privateKey);
const encrypted = (type: 'pkcs1' | 'pkcs8') =>
  rsa.export({type, format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret'}) as string;

describe('what is wrong is told, and nothing of the key', () => {
  const form = 'must be a private key in PEM, or its base64 without the header lines';
  test.each([
    ['nothing', '', form],
    ['a word', 'hunter2!', form],
    ['base64 of something', 'aHVudGVyMg==', form],
    ['a half', cut(pkcs8), form],
    ['half of the base64', cut(base64Of(rsa, 'pkcs1')), form],
    ['a key behind something', `hunter2 ${pkcs8}`, form],
    ['two keys', `${pkcs8}${pkcs8}`, form],
    ['a damaged key', damaged(rsa), 'is a private key whose parts do not belong together'],
    [
      'an RSA key that is too short',
      pemOf(rsaOf(768)),
      /^is an RSA key of 768 bits, which receivers do not accept/,
    ],
    [
      'an RSA key that is too long',
      pemOf(rsaOf(4104)),
      /^is an RSA key of 4104 bits, which receivers need not/,
    ],
    ['another kind of key', other('ec'), 'must be an RSA or an Ed25519 key'],
    ['another Edwards curve', other('dsa'), 'must be an RSA or an Ed25519 key'],
    [
      'a key for elliptic curves in its own form',
      generateKeyPairSync('ec', {namedCurve: 'prime256v1'}).privateKey.export({
        type: 'sec1',
        format: 'pem',
      }) as string,
      'must be an RSA or an Ed25519 key',
    ],
    [
      'an RSA key for PSS',
      pemOf(generateKeyPairSync('rsa-pss', {modulusLength: 2048}).privateKey),
      /^must be an RSA/,
    ],
    ['an encrypted key', encrypted('pkcs8'), /^is encrypted/],
    ['a key that was encrypted in the old way', encrypted('pkcs1'), /^is encrypted/],
    [
      'a public key',
      createPublicKey(rsa).export({type: 'spki', format: 'pem'}) as string,
      /^is a public key/,
    ],
    [
      'a public RSA key',
      createPublicKey(rsa).export({type: 'pkcs1', format: 'pem'}) as string,
      /^is a public key/,
    ],
    [
      'base64 of a public key',
      createPublicKey(rsa).export({type: 'spki', format: 'der'}).toString('base64'),
      form,
    ],
    ['a certificate', pkcs8.replaceAll('PRIVATE KEY', 'CERTIFICATE'), /^is a certificate/],
    ["OpenSSH's form", pkcs8.replaceAll('PRIVATE', 'OPENSSH PRIVATE'), /^is in OpenSSH's format/],
    ['a text without end', 'A'.repeat(20_000), /^must be at most/],
  ])('%s', (_, text, problem) => {
    const parsed = parsePrivateKey(text);
    expect(parsed).toEqual({ok: false, problem: expect.stringMatching(problem)});
    expect(JSON.stringify(parsed)).not.toMatch(/hunter2|MII|secret/);
  });
});

test('the DNS record holds the public half', () => {
  const rsaRecord = dnsRecordOf(rsa);
  const [, spki = ''] = /^v=DKIM1; k=rsa; p=([A-Za-z0-9+/]+=*)$/.exec(rsaRecord) ?? [];
  const published = {key: Buffer.from(spki, 'base64'), format: 'der', type: 'spki'} as const;
  expect(createPublicKey(published).equals(createPublicKey(rsa))).toBe(true);
});

test('the record of an Ed25519 key holds its 32 octets alone, as in RFC 8463 A.2', () => {
  const seed = 'nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=';
  const der = Buffer.concat([
    Buffer.from('302e020100300506032b657004220420', 'hex'),
    Buffer.from(seed, 'base64'),
  ]);
  const key = createPrivateKey({key: der, format: 'der', type: 'pkcs8'});
  expect(dnsRecordOf(key)).toBe('v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=');
});
