import {generateKeyPairSync} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import {isPicked, parseDkim} from '../../../shared/dkim/dkim-property.ts';
import {ed25519Key, rsaKey} from './keys-under-test.ts';

const {privateKey} = rsaKey;
const key = privateKey.export({type: 'pkcs8', format: 'pem'}) as string;
const own = {domain: 'example.org', selector: 's', key};

const problemOf = (value: unknown): string => {
  const parsed = parseDkim(value);
  return parsed.ok ? 'none' : parsed.problem;
};

describe('a message wants', () => {
  test.each([
    ['nothing', false, []],
    ['nothing, by a header field', 'false', []],
    ['nothing, by an empty list', [], []],
    ['any stored key', {}, [{pick: {}}]],
    ['the stored key of a domain', {domain: 'Example.ORG'}, [{pick: {domain: 'example.org'}}]],
    [
      'one stored key',
      {domain: 'bücher.example', selector: 'März', algorithm: 'ed25519-sha256'},
      [{pick: {domain: 'xn--bcher-kva.example', selector: 'xn--mrz-qla', algorithm: 'ed25519-sha256'}}],
    ],
    ['its own key', own, [{key: {domain: 'example.org', selector: 's', privateKey}}]],
    [
      'its own key, and all else',
      {
        ...own,
        selector: '20260131.a_b',
        algorithm: 'rsa-sha256',
        expire: '2030-01-01 00:00:00',
        headers: ['X-Campaign'],
        canonicalization: 'simple/relaxed',
        priority: 3,
        protocols: ['dkim'],
        report: false,
      },
      [
        {
          key: {domain: 'example.org', selector: '20260131.a_b', privateKey},
          canonicalization: 'simple/relaxed',
          expireMs: Date.UTC(2030, 0, 1),
          headers: ['X-Campaign'],
        },
      ],
    ],
    ['what null does not say', {domain: null, selector: 's', key: null}, [{pick: {selector: 's'}}]],
    ['header fields in a text', {headers: 'X-A, x-b:X-C'}, [{pick: {}, headers: ['X-A', 'x-b', 'X-C']}]],
    [
      'several signatures, those of lower priority higher',
      [
        {selector: 'a', priority: 2},
        {selector: 'b'},
        {selector: 'c', priority: '1'},
        {selector: 'd', priority: 0},
      ],
      ['b', 'd', 'c', 'a'].map(selector => ({pick: {selector}})),
    ],
  ])('%s', (_, value, wanted) => {
    expect(parseDkim(value)).toEqual({ok: true, value: wanted});
  });
});

describe('a problem says what is wrong, and quotes no value', () => {
  test.each([
    ['a text', 'hunter2', /^must be an object/],
    ['true', true, /^must be an object/],
    ['null in a list', [null], /^must be an object/],
    ['too many signatures', Array(9).fill({}), 'must be at most 8 signatures'],
    [
      'an unknown member',
      {hunter2: 1},
      /^has a member that is unknown; known are domain, selector, key, expire, /,
    ],
    ['a member of prototypes', {constructor: 1}, /^has a member that is unknown/],
    [
      'a domain that is none',
      {domain: 'hunter2!'},
      'has a member domain that is wrong: it must be a domain such as example.org',
    ],
    ['a domain with tags', {domain: 'a.example; l=0'}, /^has a member domain that is wrong/],
    ['a number as the domain', {domain: 1}, 'has a member domain that is wrong: it must be a string'],
    ['a selector that is none', {selector: 'hunter2\r\nX: 1'}, /^has a member selector that is wrong/],
    ['a selector of dots', {selector: 'a..b'}, /^has a member selector that is wrong/],
    [
      'a key that is none',
      {...own, key: 'hunter2'},
      /^has a member key that is wrong: it must be a private key in PEM/,
    ],
    ['a key without a domain', {selector: 's', key}, /^has a key without the domain and the selector/],
    [
      'a key without a selector',
      {domain: 'example.org', key},
      /^has a key without the domain and the selector/,
    ],
    ['a time that is none', {expire: 'hunter2'}, /^has a member expire that is wrong: it must be a UTC time/],
    [
      'headers that are none',
      {headers: ['hunter2 x']},
      /^has a member headers that is wrong: it must hold names/,
    ],
    [
      'headers that change',
      {headers: ['Received', 'X-A']},
      /it must not hold Received: hosts on the way change that$/,
    ],
    ['headers without end', {headers: Array(51).fill('X-A')}, /at most 50 names/],
    [
      'another canonicalization',
      {canonicalization: 'strict'},
      /it must be one of relaxed\/relaxed, relaxed\/simple, /,
    ],
    ['a priority that is none', {priority: -1}, /^has a member priority that is wrong/],
    [
      'ARC',
      {protocols: ['dkim', 'arc']},
      'has a member protocols that is wrong: it must be ["dkim"]: ARC is not supported',
    ],
    ['reports', {report: true}, /^has a member report that is wrong: it is not supported/],
    ['SHA-1', {algorithm: 'rsa-sha1'}, /it must be one of rsa-sha256, ed25519-sha256$/],
    [
      'an algorithm that is not the key’s',
      {...own, algorithm: 'ed25519-sha256'},
      /^has an algorithm that is not that of/,
    ],
    [
      'a second signature',
      [{}, {report: true}],
      'has in signature 2 a member report that is wrong: it is not supported, so leave it out',
    ],
    [
      'names that are too long together',
      {domain: `${'a.'.repeat(100)}example`, selector: `${'b.'.repeat(25)}b`},
      /^has a domain and a selector that are too long together/,
    ],
  ])('%s', (_, value, problem) => {
    expect(problemOf(value)).toMatch(problem);
    expect(problemOf(value)).not.toMatch(/hunter2|MII/);
  });
});

test('a wish picks the keys that it names', () => {
  const keys = [rsaKey, ed25519Key, {...rsaKey, domain: 'example.net'}];
  const picked = (pick: object) => keys.filter(key => isPicked(pick, key));
  expect(picked({})).toEqual(keys);
  expect(picked({domain: 'example.org'})).toEqual([rsaKey, ed25519Key]);
  expect(picked({selector: 'rsa'})).toEqual([rsaKey, keys[2]]);
  expect(picked({algorithm: 'ed25519-sha256'})).toEqual([ed25519Key]);
  expect(picked({domain: 'example.com'})).toEqual([]);
});

test('a key of another kind than RSA and Ed25519 is refused', () => {
  const {privateKey: other} = generateKeyPairSync('ec', {namedCurve: 'prime256v1'});
  const pem = other.export({type: 'pkcs8', format: 'pem'});
  expect(problemOf({...own, key: pem})).toBe(
    'has a member key that is wrong: it must be an RSA or an Ed25519 key',
  );
});
