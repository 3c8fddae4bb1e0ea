// What is to be written, judged before anything is written: by the code by which the functions read it.

import {isDeepStrictEqual} from 'node:util';
import type {Problem} from '../../shared/parsed.ts';
import {parseSettings} from '../../shared/settings/settings.ts';
import {isSecretValue} from '../../shared/settings/settings-list.ts';
import {
  appliedTo,
  brokenOffIn,
  type Changes,
  type Values,
  type Write,
  withPortsPutBack,
  writingOrder,
} from '../../shared/settings/writing-order.ts';
import type {StoredParameter} from '../aws/parameters.ts';
import {UsageError} from '../command/problems.ts';
import {problemText} from './problem-text.ts';

export interface PlannedChange {
  /** What differs from what is there. */
  readonly changes: Changes;
  readonly writes: readonly Write[];
  /** What a person should know of it. */
  readonly notes: readonly string[];
}

export const valuesOf = (parameters: readonly StoredParameter[]): Values =>
  new Map(parameters.map(({name, value}) => [name, value]));

/** @throws UsageError that quotes no value: nothing is written */
export function plannedChange(parameters: readonly StoredParameter[], wanted: Changes): PlannedChange {
  const stored = valuesOf(parameters);
  const {changes: put, note} = inSecretPlace(parameters, wanted);
  const different = [...put].filter(([name, value]) => stored.get(name) !== value);
  const same = [...put].filter(([name, value]) => stored.get(name) === value);
  const changes = withPortsPutBack(stored, new Map(different));
  return {
    changes,
    writes: writingOrder(stored, changes),
    notes: [
      ...(note === undefined ? [] : [note]),
      ...same.map(([name, value]) => `${name} is ${value === undefined ? 'not set' : 'that already'}`),
      ...(changes.size > different.length
        ? ['a change was broken off before, and goes on with this one: see relayq settings']
        : []),
      ...judged(stored, changes),
    ],
  };
}

/** SSM cannot make a SecureString of a String. So a URL with a password has a second place, which counts before the first. */
function inSecretPlace(
  parameters: readonly StoredParameter[],
  wanted: Changes,
): {readonly changes: Changes; readonly note?: string} {
  const url = wanted.get('smarthost');
  if (url === undefined || !isSecretValue('smarthost', url) || wanted.has('smarthost-url'))
    return {changes: wanted};
  const isPlain = parameters.some(({name, isSecret}) => name === 'smarthost' && !isSecret);
  const isCovered = parameters.some(({name, value}) => name === 'smarthost-url' && value.trim() !== '');
  if (!isPlain && !isCovered) return {changes: wanted};
  const changes = [...wanted].map(
    ([name, value]) => [name === 'smarthost' ? 'smarthost-url' : name, value] as const,
  );
  const note = isPlain
    ? 'smarthost is there as a String, which SSM cannot make secret: smarthost-url is set, which counts before it'
    : 'smarthost-url is set, as it counts before smarthost';
  return {changes: new Map(changes), note};
}

/** What was wrong before is no reason to refuse something else. @returns notes */
function judged(stored: Values, changes: Changes): readonly string[] {
  const [before, then] = [readingOf(stored), readingOf(appliedTo(stored, changes))];
  const known = new Set(before.problems.map(keyOf));
  const isOurs = (problem: Problem) => changes.get(problem.path) !== undefined || !known.has(keyOf(problem));
  const ours = then.problems.filter(isOurs);
  if (ours.length > 0) {
    const told = ours.map(each => ({name: each.path, problem: problemText(each)}));
    throw new UsageError(`${told.map(({problem}) => problem).join('; ')}; nothing was written`, told);
  }
  const isSet = [...changes.values()].some(value => value !== undefined);
  const isInVain =
    isSet && isDeepStrictEqual(before.settings, then.settings) && brokenOffIn(stored).size === 0;
  return [
    ...then.problems.map(problem => `still wrong: ${problemText(problem)}`),
    ...(isInVain ? ['this changes nothing that counts: see relayq settings'] : []),
  ];
}

const readingOf = (values: Values) => parseSettings([...values].map(([name, value]) => ({name, value})));

const keyOf = ({path, problem}: Problem): string => `${path} ${problem}`;
