import {expect, test} from 'vitest';
import {isFor, parseDkimRule} from '../../../shared/dkim/dkim-rules.ts';

test.each<[string, object]>([
  ['example.org', {from: 'example.org', isBelow: false, keys: {domain: 'example.org'}}],
  [
    'Bücher.example',
    {from: 'xn--bcher-kva.example', isBelow: false, keys: {domain: 'xn--bcher-kva.example'}},
  ],
  ['*.example.org', {from: 'example.org', isBelow: true, keys: {domain: 'example.org'}}],
  [
    '*.example.org = mail.example.org',
    {from: 'example.org', isBelow: true, keys: {domain: 'mail.example.org'}},
  ],
  [
    'a.example=b.example/S1',
    {from: 'a.example', isBelow: false, keys: {domain: 'b.example', selector: 's1'}},
  ],
  [
    '*=relay.example/s.2',
    {from: undefined, isBelow: false, keys: {domain: 'relay.example', selector: 's.2'}},
  ],
  ['*', {from: undefined, isBelow: false, keys: undefined}],
])('%s', (text, rule) => expect(parseDkimRule(text)).toEqual({ok: true, value: rule}));

test.each([
  '',
  'example.org=',
  '=example.org',
  'a=b=c',
  'example.org=a/b/c',
  'example.org=a/',
  'exa mple.org',
  'user@example.org',
  '**',
  '*example.org',
  'example.*',
  '192.0.2.1',
  '-----BEGIN PRIVATE KEY-----',
])('%j is no rule, and is not quoted', text => {
  const parsed = parseDkimRule(text);
  expect(parsed).toEqual({
    ok: false,
    problem: 'must be rules such as example.org, *.example.org=example.org/2026a, or *',
  });
});

test.each<[string, string, boolean]>([
  ['example.org', 'example.org', true],
  ['example.org', 'a.example.org', false],
  ['*.example.org', 'a.example.org', true],
  ['*.example.org', 'b.a.example.org', true],
  ['*.example.org', 'example.org', false],
  ['*.example.org', 'notexample.org', false],
  ['*', 'example.com', true],
])('%s is for %s: %s', (text, domain, expected) => {
  const rule = parseDkimRule(text);
  expect(rule.ok && isFor(rule.value, domain)).toBe(expected);
});
