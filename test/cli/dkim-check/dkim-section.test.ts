// The records of stored keys as a real DNS has them: whole, broken in the ways that zones break them, or absent.

import {createPublicKey, generateKeyPairSync, type KeyObject} from 'node:crypto';
import {expect, test} from 'vitest';
import {dkimSectionOf} from '../../../cli/dkim-check/dkim-section.ts';
import type {StoredKey} from '../../../cli/dkim-check/stored-keys.ts';
import {dnsRecordOf} from '../../../shared/dkim/private-key.ts';
import {right, wrong} from '../../../shared/parsed.ts';
import type {Zone} from '../../servers/dns-server.ts';
import {ed25519Key, rsaKey} from '../../shared/dkim/keys-under-test.ts';
import {asking, stringsOf, txt, wordsOf} from './questions-under-test.ts';

const stored = (selector: string, privateKey: KeyObject): StoredKey => ({
  domain: 'example.org',
  selector,
  key: right({privateKey}),
  isSecret: true,
});

const rsa = stored('rsa', rsaKey.privateKey);
const ed = stored('ed', ed25519Key.privateKey);
const rsaRecord = dnsRecordOf(rsaKey.privateKey);
const edRecord = dnsRecordOf(ed25519Key.privateKey);
const [, p = ''] = /p=(.*)/.exec(rsaRecord)!;
const weak = generateKeyPairSync('rsa', {modulusLength: 1024}).privateKey;
const tiny = dnsRecordOf(generateKeyPairSync('rsa', {modulusLength: 512}).privateKey);
const other = dnsRecordOf(generateKeyPairSync('rsa', {modulusLength: 2048}).privateKey);
const pkcs1 = createPublicKey(rsaKey.privateKey).export({type: 'pkcs1', format: 'der'}).toString('base64');
const edSpki = createPublicKey(ed25519Key.privateKey)
  .export({type: 'spki', format: 'der'})
  .toString('base64');

const sectionOf = (keys: readonly StoredKey[], zone: Zone) =>
  asking(zone, questions =>
    dkimSectionOf('example.org', right(keys), {questions, nowMs: Date.now(), isOthersTask: false}),
  );

const foundFor = async (key: StoredKey, records: Zone[string]) => {
  const {findings, signers} = await sectionOf([key], {[`${key.selector}._domainkey.example.org`]: records});
  return {words: wordsOf(findings), publish: findings.map(({publish}) => publish?.value), signers};
};

const name = 'rsa._domainkey.example.org';
const works = [`good ${name}: is the stored key: RSA, 2048 bits; a trial signature verifies`];

test.each<[string, StoredKey, Zone[string], readonly (string | RegExp)[]]>([
  ['as we say it', rsa, txt(rsaRecord), works],
  ['in strings of 255 octets', rsa, {TXT: [rsaRecord.match(/.{1,255}/g)!]}, works],
  ['in strings that break anywhere', rsa, {TXT: [rsaRecord.match(/.{1,37}/g)!]}, works],
  [
    'with blanks in p=, as folded lines leave them',
    rsa,
    txt(`v=DKIM1;k=rsa;p=${p.match(/.{1,64}/g)!.join(' ')};`),
    works,
  ],
  ['without v= and k=', rsa, txt(`p=${p}`), works],
  ['as PKCS#1', rsa, txt(`v=DKIM1; p=${pkcs1}`), works],
  ['with limits that allow us', rsa, txt(`v=DKIM1; h=sha1:sha256; s=email; t=s; p=${p}`), works],
  ['Ed25519', ed, txt(edRecord), [/is the stored key: Ed25519; a trial signature verifies$/]],
  ['testing', rsa, txt(`v=DKIM1; t=y:s; p=${p}`), [...works, /^hint .*t=y/]],
  ['with a tag that nobody knows', rsa, txt(`v=DKIM1; zz=1; p=${p}`), [...works, /^hint .*a tag zz=/]],
  [
    'of a key of few bits',
    stored('rsa', weak),
    txt(dnsRecordOf(weak)),
    [/1024 bits; a trial/, /^hint .*1024 bits are few/],
  ],
])('a record %s holds', async (_, key, records, expected) => {
  const {words, signers} = await foundFor(key, records);
  expect(words).toHaveLength(expected.length);
  for (const [at, word] of expected.entries())
    if (typeof word === 'string') expect(words[at]).toBe(word);
    else expect(words[at]).toMatch(word);
  expect(signers).toEqual(['example.org']);
});

test.each<[string, StoredKey, Zone[string], RegExp]>([
  ['revoked', rsa, txt('v=DKIM1; k=rsa; p='), /is revoked/],
  ['without p=', rsa, txt('v=DKIM1; k=rsa'), /has no p=/],
  ['of another key', rsa, txt(other), /is of another key/],
  ['of another type', rsa, txt(edRecord), /type ed25519, the stored one is rsa/],
  [
    'of an Ed25519 key without k=',
    ed,
    txt(edRecord.replace('k=ed25519; ', '')),
    /has an Ed25519 key, and no k=ed25519/,
  ],
  ['of Ed25519 in SPKI', ed, txt(`v=DKIM1; k=ed25519; p=${edSpki}`), /SPKI form/],
  ['cut off at 255', rsa, txt(rsaRecord.slice(0, 255)), /is cut off after 255 characters/],
  ['cut off elsewhere', rsa, txt(rsaRecord.slice(0, 300)), /is no whole RSA key/],
  ['twice', rsa, txt(rsaRecord, other), /has 2 TXT records/],
  ['beside one of SPF', rsa, txt(rsaRecord, 'v=spf1 -all'), /has 2 TXT records/],
  ['for SHA-1 alone', rsa, txt(`v=DKIM1; h=sha1; p=${p}`), /allows h=sha1 alone/],
  ['for another service', rsa, txt(`v=DKIM1; s=tlsrpt; p=${p}`), /is for s=tlsrpt alone/],
  ['of another version', rsa, txt(`v=DKIM2; p=${p}`), /not v=DKIM1/],
  ['with its version in the wrong place', rsa, txt(`k=rsa; v=DKIM1; p=${p}`), /v=DKIM1 inside|not v=DKIM1/],
  ['of a type that nobody knows', rsa, txt(`v=DKIM1; k=dsa; p=${p}`), /k=dsa/],
  [
    'with escaped semicolons',
    rsa,
    txt(rsaRecord.replaceAll(';', '\\;')),
    /backslashes before its semicolons/,
  ],
  ['with quotation marks inside', rsa, txt(rsaRecord.replace(/(p=.{40})/, '$1" "')), /wrongly split/],
  ['joined from two', rsa, txt(rsaRecord + rsaRecord), /v=DKIM1 inside/],
  ['with PEM in it', rsa, txt(`v=DKIM1; p=-----BEGIN PUBLIC KEY-----${p}`), /header lines of PEM/],
  ['that is no tag list', rsa, txt('just a text'), /is no tag/],
  ['that has p= twice', rsa, txt(`v=DKIM1; p=${p}; p=${p}`), /p= more than once/],
  ['of 512 bits', rsa, txt(tiny), /512 bits, which receivers do not accept/],
  ['that is empty', rsa, txt(' '), /has no p=|is no tag/],
  ['with a control character', rsa, txt(`v=DKIM1; n=\u001b[2J; p=${p}`), /not ASCII/],
  [
    'that the DNS does not answer',
    rsa,
    'SERVFAIL',
    /cannot be looked up: the DNS does not answer: ESERVFAIL/,
  ],
  ['that is absent', rsa, {A: ['192.0.2.1']}, /has no TXT record/],
  [
    'behind an alias that leads nowhere',
    rsa,
    {CNAME: ['gone.example.net']},
    /an alias of gone.example.net, has no TXT/,
  ],
])('a record %s does not, and what to publish is said', async (_, key, records, problem) => {
  const {words, publish, signers} = await foundFor(key, records);
  expect(words[0]).toMatch(/^bad /);
  expect(words[0]).toMatch(problem);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  expect(words.join('')).not.toMatch(/[\u0000-\u001f]/);
  if (records !== 'SERVFAIL') expect(publish[0]).toBe(key === rsa ? rsaRecord : edRecord);
  expect(signers).toEqual([]);
});

test('an alias is followed, and a record under the zone’s name twice is found', async () => {
  const {words} = await foundFor(rsa, {CNAME: ['keys.example.net'], TXT: [stringsOf(rsaRecord)]});
  expect(words[0]).toMatch(/^good .*: an alias of keys.example.net, is the stored key/);
  const {findings} = await sectionOf([rsa], {[`${name}.example.org`]: txt(rsaRecord)});
  expect(wordsOf(findings)[0]).toMatch(/there is one at rsa._domainkey.example.org.example.org/);
});

test('stored keys that are broken, in clear text, or not there are told; nothing of them is', async () => {
  const broken: StoredKey = {...rsa, selector: 'broken', key: wrong('is encrypted')};
  const open: StoredKey = {...rsa, isSecret: false};
  const {findings, signers} = await sectionOf([broken, open], {[name]: txt(rsaRecord)});
  expect(wordsOf(findings).map(each => each.slice(0, 60))).toEqual([
    'bad broken._domainkey.example.org: the stored key is encrypt',
    'bad rsa._domainkey.example.org: the stored key is no SecureS',
    'good rsa._domainkey.example.org: is the stored key: RSA, 204',
  ]);
  expect(signers).toEqual([]);
  const denied = await asking({}, questions =>
    dkimSectionOf('example.org', wrong('not allowed'), {questions, nowMs: 0, isOthersTask: true}),
  );
  expect(wordsOf(denied.findings)).toEqual(['hint example.org: its stored keys cannot be read: not allowed']);
  expect(wordsOf((await sectionOf([], {})).findings)).toEqual([
    'bad example.org: no key is stored for it: its mail is not signed',
  ]);
});
