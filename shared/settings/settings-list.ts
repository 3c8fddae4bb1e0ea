// The parameters of a stage for people: what counts, where it comes from, and what is wrong. Secrets are never shown.

import {isDeepStrictEqual} from 'node:util';
import {maskedRelay} from '../message/secrets.ts';
import type {Problem} from '../parsed.ts';
import type {Parameter} from './parameter-reader.ts';
import type {NamedGroup} from './setting-group.ts';
import {settingGroups} from './setting-groups.ts';
import {parameterNames, parameterPrefixes, parseSettings} from './settings.ts';

export interface ListedParameter extends Parameter {
  /** Whether it is a SecureString. */
  readonly isSecret: boolean;
}

export interface ListedSetting {
  readonly name: string;
  /** What may be shown of it; undefined when it is off. */
  readonly value: string | undefined;
  readonly source: 'default' | 'parameter';
  /** In place of its value stands why it is not shown. */
  readonly isHidden: boolean;
  /** It is there, and another one counts instead, or nothing that it belongs to. */
  readonly isIdle: boolean;
  readonly version: number | undefined;
  readonly modifiedMs: number | undefined;
}

export interface SettingsList {
  readonly settings: readonly ListedSetting[];
  readonly problems: readonly Problem[];
}

const relayNames = ['smarthost', 'smarthost-url', 'smtp-sink'];

/** Whether a value must not be seen: a password, or a server with one in its name. */
export const isSecretValue = (name: string, value: string): boolean =>
  isPasswordName(name) || (relayNames.includes(name) && value.includes('@'));

export const isPasswordName = (name: string): boolean => /(?:pass|pwd|secret|token|key)[a-z]*$/i.test(name);

/** Parameters that can hold a secret: without an argument their value is not seen while it is typed. */
export const maybeSecret = (name: string): boolean => isPasswordName(name) || relayNames.includes(name);

export function settingsList(parameters: readonly ListedParameter[]): SettingsList {
  const {problems} = parseSettings(parameters);
  const wrong = new Set(problems.map(({path}) => path));
  const set = new Map(
    parameters.filter(({value}) => value.trim() !== '').map(parameter => [parameter.name, parameter]),
  );
  const isPrefixed = (name: string) => parameterPrefixes.some(prefix => name.startsWith(prefix));
  const others = [...set.keys()].filter(name => !parameterNames.includes(name)).sort();
  const known = [...parameterNames, ...others.filter(isPrefixed)];
  const names = [...known, ...others.filter(name => !isPrefixed(name))];
  const settings = names.map((name): ListedSetting => {
    const parameter = set.get(name);
    if (parameter === undefined) return {name, value: defaultOf(name), source: 'default', ...nothing};
    const isKnown = known.includes(name);
    const {version, modifiedMs} = parameter;
    return {
      name,
      ...shownValueOf(parameter, isKnown && !wrong.has(name)),
      source: 'parameter',
      isIdle: isKnown && !wrong.has(name) && isIdle(parameter, parameters),
      version,
      modifiedMs,
    };
  });
  return {settings, problems};
}

const nothing = {isHidden: false, isIdle: false, version: undefined, modifiedMs: undefined} as const;

const groups = Object.values(settingGroups);

const groupOf = (name: string): NamedGroup<unknown> | undefined =>
  groups.find(group => 'names' in group && group.names.includes(name)) as NamedGroup<unknown> | undefined;

/** What counts in place of a parameter that is absent. Undefined where that is nothing. */
export const defaultOf = (name: string): string | undefined => groupOf(name)?.defaults?.[name];

/** A value that is wrong may be a password that was pasted in the wrong place. */
function shownValueOf({name, value, isSecret}: ListedParameter, isRight: boolean) {
  if (!isRight) return {value: '(wrong, not shown)', isHidden: true};
  if (relayNames.includes(name)) return {value: maskedRelay(value.trim()), isHidden: false};
  if (isSecret || isPasswordName(name)) return {value: '(secret)', isHidden: true};
  return {value: value.trim(), isHidden: false};
}

/** Without it all would be as it is, and it is not just the default that is written out. */
function isIdle({name, value}: Parameter, parameters: readonly Parameter[]): boolean {
  if (value.trim() === defaultOf(name) || groupOf(name) === undefined) return false;
  const without = parameters.filter(each => each.name !== name);
  const [now, then] = [parseSettings(parameters), parseSettings(without)];
  return then.problems.length <= now.problems.length && isDeepStrictEqual(now.settings, then.settings);
}
