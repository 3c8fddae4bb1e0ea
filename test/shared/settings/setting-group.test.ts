// What a group of either kind makes of its parameters, whatever they mean.

import {describe, expect, test} from 'vitest';
import {right, wrong} from '../../../shared/parsed.ts';
import {ParameterReader} from '../../../shared/settings/parameter-reader.ts';
import {sightingsOf} from '../../../shared/settings/parameter-sightings.ts';
import {
  type GroupReading,
  type NamedGroup,
  type PrefixGroup,
  readGroup,
  type SettingGroup,
} from '../../../shared/settings/setting-group.ts';

const parseDigits = (text: string) => (/^\d+$/.test(text) ? right(Number(text)) : wrong('must be digits'));

/** Readings of a group one after the other, and the problems of the last one. */
function readings(group: SettingGroup<number>, ...each: readonly Record<string, string>[]) {
  let before: GroupReading | undefined;
  let reader = new ParameterReader([]);
  for (const values of each) {
    const parameters = Object.entries(values).map(([name, value]) => ({name, value}));
    reader = new ParameterReader(parameters);
    const sightings = sightingsOf(parameters, undefined, 0);
    const clock = {nowMs: 0, settleMs: 0, nextMs: 60_000};
    before = readGroup(group as SettingGroup<unknown>, before, {reader, sightings, clock});
  }
  return {...before!, problems: reader.problems.map(({path, problem}) => `${path} ${problem}`)};
}

describe('names', () => {
  const group: NamedGroup<number> = {
    names: ['size'],
    read: (reader, name) => reader.parsed(name, parseDigits) ?? 7,
  };
  const problems = ['size must be digits'];

  test.each<[string, NamedGroup<number>, readonly Record<string, string>[], object]>([
    ['right', group, [{size: '3'}], {value: 3, standing: 'good', last: {value: 3}, problems: []}],
    ['absent', group, [{size: '3'}, {}], {value: 7, standing: 'good', last: {value: 7}, problems: []}],
    ['wrong', group, [{size: 'x'}], {value: 7, standing: 'bad', problems}],
    ['wrong, with a fallback', {...group, fallback: 0}, [{size: 'x'}], {value: 0, standing: 'bad', problems}],
    [
      'wrong, where mail waits',
      {...group, mailWaits: true},
      [{size: 'x'}],
      {value: 7, standing: 'bad', knownFromMs: 60_000, problems},
    ],
    [
      'wrong after it was right',
      {...group, fallback: 0, mailWaits: true},
      [{size: '3'}, {size: 'x'}, {size: 'x'}],
      {value: 3, standing: 'bad', last: {value: 3}, problems},
    ],
  ])('%s', (_, group, values, expected) => {
    expect(readings(group, ...values)).toEqual(expected);
  });
});

describe('a prefix', () => {
  const group: PrefixGroup<number> = {
    prefix: 'sizes/',
    keyOf: rest => (rest === '' ? wrong('must end in a name') : right(rest.toLowerCase())),
    read: (reader, name) => reader.parsed(name, parseDigits),
  };

  test.each<[string, PrefixGroup<number>, readonly Record<string, string>[], object, readonly string[]]>([
    ['each is a value', group, [{'sizes/A': '1', 'sizes/b': '2', size: '3'}], {a: 1, b: 2}, []],
    ['one that is gone is absent', group, [{'sizes/a': '1', 'sizes/b': '2'}, {'sizes/b': '2'}], {b: 2}, []],
    [
      'one that is wrong is absent',
      group,
      [{'sizes/a': 'x', 'sizes/b': '2'}],
      {b: 2},
      ['sizes/a must be digits'],
    ],
    [
      'one that is wrong has the fallback',
      {...group, fallback: 0},
      [{'sizes/a': 'x', 'sizes/b': '2'}],
      {a: 0, b: 2},
      ['sizes/a must be digits'],
    ],
    [
      'one that is wrong keeps its own last good value',
      {...group, fallback: 0},
      [
        {'sizes/a': '1', 'sizes/b': '2'},
        {'sizes/a': 'x', 'sizes/b': '3'},
        {'sizes/a': 'x', 'sizes/b': '4'},
      ],
      {a: 1, b: 4},
      ['sizes/a must be digits'],
    ],
    [
      'a name that is none is wrong',
      group,
      [{'sizes/': '1', 'sizes/b': '2'}],
      {b: 2},
      ['sizes/ must end in a name'],
    ],
    [
      'one that is there in two spellings is wrong',
      group,
      [{'sizes/a': '1', 'sizes/A': '2'}],
      {a: 1},
      ['sizes/A is there again, in another case: remove one of them'],
    ],
  ])('%s', (_, group, values, expected, problems) => {
    const value = new Map(Object.entries(expected));
    expect(readings(group, ...values)).toEqual({value, standing: 'good', problems});
  });
});
