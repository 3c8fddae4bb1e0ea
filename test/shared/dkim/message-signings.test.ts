import {expect, test} from 'vitest';
import {parseDkim} from '../../../shared/dkim/dkim-property.ts';
import {parseDkimRule} from '../../../shared/dkim/dkim-rules.ts';
import {
  type KeysOfDomain,
  keyDomainsOf,
  signingsOf,
  wantedSignatures,
} from '../../../shared/dkim/message-signings.ts';
import type {DkimKey} from '../../../shared/dkim/signature.ts';
import {right, wrong} from '../../../shared/parsed.ts';
import {now} from '../../samples/messages.ts';
import {ed25519Key, rsaKey} from './keys-under-test.ts';

const key = (domain: string, selector: string, {privateKey}: DkimKey = rsaKey): DkimKey => ({
  domain,
  selector,
  privateKey,
});
const stored: Readonly<Record<string, KeysOfDomain>> = {
  'example.org': new Map([
    ['a', right(key('example.org', 'a'))],
    ['b', right(key('example.org', 'b', ed25519Key))],
  ]),
  'relay.example': new Map([['r', right(key('relay.example', 'r'))]]),
  'broken.example': new Map([
    ['good', right(key('broken.example', 'good'))],
    ['bad', wrong('must be a private key in PEM')],
  ]),
};

const own = (property: unknown) => {
  const parsed = parseDkim(property);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.value;
};
const settingsOf = (rules: readonly string[]) => ({
  rules: rules.map(text => {
    const rule = parseDkimRule(text);
    if (!rule.ok) throw new Error(rule.problem);
    return rule.value;
  }),
  expireSeconds: undefined,
});
const given = {
  keysOf: (domain: string) => stored[domain] ?? new Map(),
  expireSeconds: undefined,
  unsigned: [],
  nowMs: now,
};

function signed(rules: readonly string[], property: unknown, ...from: readonly string[]) {
  const wanted = wantedSignatures(own(property), settingsOf(rules), () => from);
  const signings = signingsOf(wanted, given);
  if (!signings.ok) return signings.problem;
  return signings.value.map(({key: {domain, selector}}) => `${domain}/${selector}`);
}

test.each<[string, readonly string[], unknown, readonly string[], readonly string[] | string]>([
  ['nothing asks', [], [], ['example.org'], []],
  ['a rule for another domain', ['relay.example'], [], ['example.org'], []],
  [
    'all keys of the From domain sign',
    ['example.org'],
    [],
    ['example.org'],
    ['example.org/a', 'example.org/b'],
  ],
  ['a rule names one', ['example.org=example.org/b'], [], ['example.org'], ['example.org/b']],
  ['a domain below', ['*.example.org'], [], ['news.example.org'], ['example.org/a', 'example.org/b']],
  ['every domain with one key', ['*=relay.example'], [], ['a.example'], ['relay.example/r']],
  ['every domain that has keys', ['*'], [], ['example.org'], ['example.org/a', 'example.org/b']],
  ['every domain, and this has none', ['*'], [], ['a.example'], []],
  [
    'all rules that fit sign, each key once',
    ['example.org/x', 'example.org', '*', '*=relay.example'].slice(1),
    [],
    ['example.org'],
    ['example.org/a', 'example.org/b', 'relay.example/r'],
  ],
  [
    'each From domain',
    ['*'],
    [],
    ['example.org', 'relay.example'],
    ['example.org/a', 'example.org/b', 'relay.example/r'],
  ],
  ['no From domain', ['*', 'example.org'], [], [], []],
  ['the message picks a key', [], {domain: 'relay.example'}, ['example.org'], ['relay.example/r']],
  ['of its From domain', [], {}, ['example.org'], ['example.org/a', 'example.org/b']],
  ['by algorithm', [], {algorithm: 'ed25519-sha256'}, ['example.org'], ['example.org/b']],
  ['by selector', [], {selector: 'a'}, ['example.org'], ['example.org/a']],
  [
    'those of the message stand above those of rules',
    ['*=relay.example'],
    [
      {domain: 'example.org', selector: 'b', priority: 2},
      {domain: 'example.org', selector: 'a', priority: 1},
    ],
    ['example.org'],
    ['example.org/a', 'example.org/b', 'relay.example/r'],
  ],
  ['a missing key of a rule', ['a.example'], [], ['a.example'], 'there is no DKIM key of a.example'],
  ['a missing selector', ['*=example.org/z'], [], ['a.example'], 'there is no DKIM key z of example.org'],
  [
    'a missing key of the message',
    [],
    {domain: 'a.example'},
    ['example.org'],
    'there is no DKIM key of a.example',
  ],
  [
    'a missing algorithm',
    [],
    {domain: 'relay.example', algorithm: 'ed25519-sha256'},
    ['example.org'],
    'there is no DKIM key ed25519-sha256 of relay.example',
  ],
  [
    'a broken key',
    ['broken.example'],
    [],
    ['broken.example'],
    'the DKIM key bad of broken.example must be a private key in PEM',
  ],
  [
    'a broken key, also where keys are optional',
    ['*'],
    [],
    ['broken.example'],
    /bad of broken.example/.source,
  ],
  ['not the broken key', ['*=broken.example/good'], [], ['a.example'], ['broken.example/good']],
])('%s', (_, rules, property, from, expected) => {
  const result = signed(rules, property, ...from);
  if (typeof expected === 'string') expect(result).toContain(expected);
  else expect(result).toEqual(expected);
});

test('a message without rules and signatures is not looked into', () => {
  const unread = () => {
    throw new Error('it was read');
  };
  expect(wantedSignatures([], settingsOf([]), unread)).toEqual([]);
});

test('only the keys that are needed are fetched', () => {
  const wanted = wantedSignatures(own({domain: 'relay.example'}), settingsOf(['*']), () => ['example.org']);
  expect(keyDomainsOf(wanted)).toEqual(['relay.example', 'example.org']);
});

test('signatures expire as the setting says, unless the message says otherwise', () => {
  const wanted = wantedSignatures(
    own({domain: 'relay.example', expire: '2030-01-02 00:00:00'}),
    settingsOf(['example.org=example.org/a']),
    () => ['example.org'],
  );
  const signings = signingsOf(wanted, {...given, expireSeconds: 3600});
  expect(signings.ok && signings.value.map(({expireMs}) => expireMs! - now)).toEqual([43_200_000, 3_600_000]);
});

test('a message is not sent when its signature would be void', () => {
  const wanted = wantedSignatures(
    own({domain: 'relay.example', expire: '2029-12-31 00:00:00'}),
    settingsOf([]),
    () => ['example.org'],
  );
  expect(signingsOf(wanted, given)).toEqual({
    ok: false,
    problem: 'the signature of r._domainkey.relay.example was to expire before the message could be sent',
  });
});
