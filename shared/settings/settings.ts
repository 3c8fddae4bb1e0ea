// The settings of a stage, read from its SSM parameters: every problem at once, and never a secret in one.
// The functions decide where the parameters come from and how long they are kept.

import type {Problem} from '../parsed.ts';
import {type Parameter, ParameterReader} from './parameter-reader.ts';
import {type Sightings, sightingsOf} from './parameter-sightings.ts';
import {type Clock, type GroupReading, readGroup, type SettingGroup} from './setting-group.ts';
import {type GroupValues, type SettingName, settingGroups} from './setting-groups.ts';

export interface Settings extends GroupValues {
  /** Groups that mail waits for: never valid yet in this environment, or perhaps half of what is just being written. */
  readonly unknown: ReadonlySet<SettingName>;
  /** When they may be known, in milliseconds since the epoch; undefined when nothing is unknown. */
  readonly knownFromMs?: number;
}

/** What came of reading the parameters, and what the next reading has to know of it. */
export interface Reading {
  readonly settings: Settings;
  readonly problems: readonly Problem[];
  readonly groups: ReadonlyMap<SettingName, GroupReading>;
  readonly sightings: Sightings;
  readonly readMs: number;
}

/** @param before the reading before: a group with a problem keeps its value from there */
export function parseSettings(
  parameters: readonly Parameter[],
  before?: Reading,
  clock: Clock = {nowMs: 0, settleMs: 0, nextMs: 0},
): Reading {
  const reader = new ParameterReader(parameters);
  reader.refuseUnknown(parameterNames, parameterPrefixes);
  const sightings = sightingsOf(parameters, before, clock.nowMs);
  const found = {reader, sightings, clock};
  const groups = new Map(
    entries.map(([name, group]) => [name, readGroup(group, before?.groups.get(name), found)]),
  );
  const values = Object.fromEntries([...groups].map(([name, {value}]) => [name, value]));
  const unknown = [...groups].filter(([, {knownFromMs}]) => knownFromMs !== undefined);
  const knownFromMs = Math.min(...unknown.map(([, group]) => group.knownFromMs!));
  return {
    settings: {
      ...(values as unknown as GroupValues),
      unknown: new Set(unknown.map(([name]) => name)),
      ...(unknown.length > 0 && {knownFromMs}),
    },
    problems: reader.problems,
    groups,
    sightings,
    readMs: clock.nowMs,
  };
}

const entries = Object.entries(settingGroups) as readonly (readonly [SettingName, SettingGroup<unknown>])[];
/** The names of all parameters that are known. */
export const parameterNames = entries.flatMap(([, group]) => ('prefix' in group ? [] : group.names));
/** What names may begin with: `capacity/`. */
export const parameterPrefixes = entries.flatMap(([, group]) => ('prefix' in group ? [group.prefix] : []));
