import {describe, expect, test} from 'vitest';
import {settingGroups} from '../../../shared/settings/setting-groups.ts';
import {isSecretValue, type ListedParameter, settingsList} from '../../../shared/settings/settings-list.ts';
import {parse} from './settings-under-test.ts';

const modifiedMs = Date.parse('2026-01-31T12:34:56Z');

const listOf = (parameters: Record<string, string>, secrets: readonly string[] = []) => {
  const list: ListedParameter[] = Object.entries(parameters).map(([name, value]) => ({
    name,
    value,
    isSecret: secrets.includes(name),
    version: 3,
    modifiedMs,
  }));
  const {settings, problems} = settingsList(list);
  return {problems, of: (name: string) => settings.find(each => each.name === name), settings};
};

test.each(
  Object.values(settingGroups).flatMap(group =>
    'names' in group ? Object.entries(group.defaults ?? {}) : [],
  ),
)('the default of %s is %s, as a parameter that says so is no change', (name, value) => {
  const relays = {smarthost: 'a.example', 'smtp-sink-ip': '192.0.2.1'};
  const {settings, problems} = parse({...relays, [name]: value});
  const without = parse(relays).settings;
  // The level that is not said leaves more to the message than the one that is.
  const {security: _, ...smarthost} = settings.smarthost!;
  expect({...settings, smarthost}).toEqual(without);
  expect(problems).toEqual([]);
});

test('all known parameters are listed, with their defaults', () => {
  const {of, settings, problems} = listOf({});
  expect(problems).toEqual([]);
  expect(of('smarthost')).toMatchObject({value: undefined, source: 'default'});
  expect(of('max-attempts')).toMatchObject({value: '0', source: 'default', version: undefined});
  expect(settings.map(({name}) => name)).toContain('smarthost-url');
});

test('a parameter is listed with its version and the time of its writing; one of spaces is absent', () => {
  const {of} = listOf({'max-attempts': ' 5 ', 'capacity/example.org': '{"connections": 1}', strict: ' '});
  expect(of('max-attempts')).toEqual({
    name: 'max-attempts',
    value: '5',
    source: 'parameter',
    isHidden: false,
    isIdle: false,
    version: 3,
    modifiedMs,
  });
  expect(of('capacity/example.org')).toMatchObject({value: '{"connections": 1}'});
  expect(of('strict')).toMatchObject({value: 'false', source: 'default'});
});

describe('no secret is shown', () => {
  const secret = 'hunter2';
  test.each<[string, Record<string, string>, readonly string[], string, string | undefined]>([
    [
      'a password',
      {smarthost: 'a', 'smarthost-username': 'jo', 'smarthost-password': secret},
      [],
      'smarthost-password',
      '(secret)',
    ],
    [
      'a URL with a password',
      {smarthost: `smtp://jo:${secret}@a.example:587`},
      ['smarthost'],
      'smarthost',
      'smtp://jo:***@a.example:587',
    ],
    ['a SecureString', {'helo-name': secret}, ['helo-name'], 'helo-name', '(secret)'],
    ['a value that is wrong', {'smarthost-port': secret}, [], 'smarthost-port', '(wrong, not shown)'],
    ['half a URL', {smarthost: `smtp://${secret}@a.example`}, [], 'smarthost', '(wrong, not shown)'],
    ['an unknown parameter', {'smarthost-pasword': secret}, [], 'smarthost-pasword', '(wrong, not shown)'],
    ['a key of a capacity', {'capacity/a.b': `{"${secret}": 1}`}, [], 'capacity/a.b', '(wrong, not shown)'],
  ])('%s', (_, parameters, secrets, name, value) => {
    const list = listOf(parameters, secrets);
    expect(list.of(name)?.value).toBe(value);
    expect(JSON.stringify([list.settings, list.problems])).not.toContain(secret);
  });
});

test.each([
  ['smarthost-port', {'smarthost-port': '587'}, true],
  ['smarthost-port', {'smarthost-port': '587', smarthost: 'smtp://a.example'}, true],
  ['smarthost-port', {'smarthost-port': '587', smarthost: 'a.example'}, false],
  ['smarthost-port', {'smarthost-port': '25', smarthost: 'smtp://a.example'}, false],
  ['smarthost', {smarthost: 'a.example', 'smarthost-url': 'smtp://b.example'}, true],
  ['smarthost-url', {smarthost: 'a.example', 'smarthost-url': 'smtp://b.example'}, false],
  ['smtp-sink-ip', {'smtp-sink-ip': '192.0.2.1', 'smtp-sink': 'smtp://192.0.2.2'}, true],
  ['capacity/a.b', {'capacity/a.b': '{}'}, false],
] as const)('%s of %j is idle: %s', (name, parameters, isIdle) =>
  expect(listOf(parameters).of(name)?.isIdle).toBe(isIdle),
);

test.each([
  ['smarthost-password', 'x', true],
  ['password', 'x', true],
  ['smarthost', 'smtp://jo:hunter2@a.example', true],
  ['smarthost-url', 'jo:hunter2@a.example', true],
  ['smtp-sink', 'smtp://a.example', false],
  ['smarthost', 'a.example', false],
  ['smarthost-username', 'jo@example.org', false],
] as const)('%s %s is a secret: %s', (name, value, isSecret) =>
  expect(isSecretValue(name, value)).toBe(isSecret),
);
