import {describe, expect, test} from 'vitest';
import {classOf} from '../../../shared/classes/class-of.ts';
import {parseOwnRule} from '../../../shared/classes/own-rule.ts';
import {isIn, isWhole, wildcardOf} from '../../../shared/classes/wildcard.ts';
import type {Failure} from '../../../shared/smtp/failure.ts';
import {expectWrong, parse} from '../settings/settings-under-test.ts';

const refused: Failure = {
  stage: 'rcptto',
  result: 'error',
  reply: {code: 550, status: '5.7.1', text: 'Our list of Friends has no such user'},
  description: 'Our list of Friends has no such user',
};

const classBy = (rules: Record<string, object>, domain = 'example.org', failure = refused) => {
  const parameters = Object.fromEntries(
    Object.entries(rules).map(([name, rule]) => [`classes/${name}`, JSON.stringify(rule)]),
  );
  const {settings, problems} = parse(parameters);
  expect(problems).toEqual([]);
  return classOf(failure, {domain, ownRules: settings.classes});
};

describe('a rule of the settings', () => {
  test.each<[string, object, string?]>([
    ['a code', {code: 550}],
    ['a status', {status: '5.7.1'}],
    ['a status with a wildcard', {status: '*.7.*'}],
    ['a text, in any case', {text: 'list of FRIENDS'}],
    ['a text with wildcards', {text: 'our*friends*user'}],
    ['a domain', {domain: 'Example.ORG'}],
    ['a domain with a wildcard', {domain: '*.example.org'}, 'a.b.example.org'],
    ['all of it', {code: 550, status: '5.7.1', text: 'friends', domain: 'example.org'}],
  ])('decides by %s, before ours', (_, rule, domain) => {
    expect(classBy({}, domain)).toBe('recipient');
    expect(classBy({mine: {class: 'policy', ...rule}}, domain)).toBe('policy');
  });

  test.each<[string, object]>([
    ['another code', {code: 551}],
    ['another status', {status: '4.7.*'}],
    ['another text', {text: 'friends*list'}],
    ['another domain', {domain: '*.example.org'}],
    ['one thing that is not so', {code: 550, text: 'foes'}],
  ])('does not count with %s', (_, rule) => {
    expect(classBy({mine: {class: 'policy', ...rule}})).toBe('recipient');
  });

  test('goes by what results show, also of a failure without a reply', () => {
    const lost: Failure = {stage: 'connect', result: 'timeout', description: 'no connection within 30 s'};
    expect(classBy({mine: {class: 'dns', status: '4.4.1', text: 'within*s'}}, 'example.org', lost)).toBe(
      'dns',
    );
    const known: Failure = {...refused, fact: 'server-full', description: 'no room: Friends'};
    expect(classBy({mine: {class: 'other', text: 'no room'}}, 'example.org', known)).toBe('other');
  });

  test('decides by its priority, and of equal ones by its name', () => {
    const rules = {
      a: {class: 'quota', code: 550},
      b: {class: 'rate', code: 550, priority: 5},
      c: {class: 'content', code: 550, priority: 5},
      d: {class: 'auth', code: 551, priority: 9},
    };
    expect(classBy(rules)).toBe('rate');
    expect(classBy({z: rules.a, y: {...rules.a, class: 'auth'}})).toBe('auth');
    expect(classBy({a: {...rules.a, priority: -1}, b: {class: 'auth', code: 550}})).toBe('auth');
  });
});

describe('a wrong rule', () => {
  const members = 'class, code, status, text, domain, priority';
  test.each([
    ['hunter2', 'must be JSON such as {"class": "rate", "code": 550, "text": "too fast"}'],
    ['{"code": 550}', 'needs class'],
    ['{"class": "rate"}', 'needs at least one of code, status, text, domain'],
    ['{"class": "rate", "code": 550, "hunter2": 1}', `has an unknown member; known are ${members}`],
    ['{"class": "rate", "code": "550"}', 'has code, which must be a whole number from 200 to 599'],
    [
      '{"class": "rate", "text": " ** "}',
      'has text, which must be 1 to 200 characters, in which * stands for anything',
    ],
    [
      '{"class": "rate", "domain": "a b"}',
      'has domain, which must be a domain such as example.org, or one with wildcards such as *.example.org',
    ],
    [
      '{"class": "rate", "status": "5.7"}x',
      'must be JSON such as {"class": "rate", "code": 550, "text": "too fast"}',
    ],
    [
      '{"class": "rate", "status": "none"}',
      'has status, which must be a status such as 5.7.1, or one with wildcards such as 5.7.*',
    ],
  ])('is told: %s', (text, problem) => {
    expect(parseOwnRule(text)).toEqual({ok: false, problem});
    expectWrong('classes/mine', text, problem);
  });

  test('has a name', () => {
    expectWrong(
      'classes/a/b',
      '{"class": "rate", "code": 550}',
      'must end in a name of letters, digits, points, hyphens and underscores',
    );
  });

  test('does not disturb the others', () => {
    const {settings, problems} = parse({
      'classes/a': 'x',
      'classes/b': '{"class": "rate", "code": 550}',
      'max-attempts': '3',
    });
    expect(problems.map(({path}) => path)).toEqual(['classes/a']);
    expect([...settings.classes.keys()]).toEqual(['b']);
    expect(settings.maxAttempts).toBe(3);
  });
});

test('wildcards', () => {
  expect(isIn('abcabd', wildcardOf('ab*abd'))).toBe(true);
  expect(isIn('abd', wildcardOf('ab*abd'))).toBe(false);
  expect(isWhole('5.7.1', '5.*.1')).toBe(true);
  expect(isWhole('5.7.11', '5.*.1')).toBe(false);
  expect(isWhole('aba', 'ab*ba')).toBe(false);
  expect(isWhole('abcba', 'a*b*a')).toBe(true);
  expect(isWhole('aba', 'a*b*b*a')).toBe(false);
});
