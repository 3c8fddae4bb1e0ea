// The settings of a stage, read from its SSM parameters: every problem at once, never a secret in one.
// Where the parameters come from and how long they are kept is the functions' business.

import type {Problem} from '../problem.ts';
import {type CapacitySettings, readCapacity} from './capacity-settings.ts';
import {type Parameter, ParameterReader} from './parameter-reader.ts';
import {type Sightings, sightingsOf, youngestOf} from './parameter-sightings.ts';
import type {SettingGroup} from './setting-group.ts';
import {type GroupedSettings, type GroupName, settingGroups} from './setting-groups.ts';

/** The groups that decide where mail goes, and whose password is used there. */
export type Unknown = 'smarthost' | 'sink' | 'mx';

export interface Settings extends GroupedSettings {
  readonly capacity: CapacitySettings;
  /**
   * Groups that mail has to wait for: they are invalid and have never been valid in this environment, or they have
   * just been written and may be half of what is being written.
   */
  readonly unknown: ReadonlySet<Unknown>;
  /** When they may be known, in milliseconds since the epoch; undefined when nothing is unknown. */
  readonly knownFromMs?: number;
}

/** Whether a group's parameters are in force: they are, they are too young, or something is wrong with them. */
export type Standing = 'good' | 'settling' | 'bad';

/** What came of reading the parameters, and what the next reading has to know of it. */
export interface Reading {
  readonly settings: Settings;
  readonly problems: readonly Problem[];
  readonly standings: ReadonlyMap<GroupName, Standing>;
  /** The last values that were in force. */
  readonly good: Partial<GroupedSettings>;
  readonly sightings: Sightings;
  readonly readMs: number;
}

export interface Clock {
  readonly nowMs: number;
  /** How long parameters with credentials are left alone before they count together. */
  readonly settleMs: number;
  /** When what is invalid is looked at again. */
  readonly nextMs: number;
}

const timeless: Clock = {nowMs: 0, settleMs: 0, nextMs: 0};

/**
 * Reads the parameters of a stage.
 * @param before the reading before: a group with a problem keeps its value from there
 */
export function parseSettings(
  parameters: readonly Parameter[],
  before?: Reading,
  {nowMs, settleMs, nextMs}: Clock = timeless,
): Reading {
  const problems: Problem[] = [];
  const reader = new ParameterReader(parameters, problems);
  reader.refuseUnknown(knownNames);
  const sightings = sightingsOf(parameters, before, nowMs);
  const good: {[G in GroupName]?: unknown} = {...before?.good};
  const standings = new Map<GroupName, Standing>();
  const knownFrom = new Map<GroupName, number>();
  const read = <G extends GroupName>(name: G): GroupedSettings[G] => {
    const group: SettingGroup<GroupedSettings[G]> = settingGroups[name];
    const last = name in good ? {value: good[name] as GroupedSettings[G]} : undefined;
    const problemsBefore = problems.length;
    const value = group.read(reader);
    const settledMs = youngestOf(group.names, sightings) + settleMs;
    if (problems.length > problemsBefore) {
      standings.set(name, 'bad');
      if (last !== undefined) return last.value;
      knownFrom.set(name, nextMs);
    } else if (nowMs < settledMs && group.settles?.(value, last, reader)) {
      standings.set(name, 'settling');
      knownFrom.set(name, settledMs);
      if (group.unsettled) return group.unsettled(value);
    } else {
      standings.set(name, 'good');
      good[name] = value;
      return value;
    }
    return 'fallback' in group ? group.fallback! : group.read(nothing);
  };
  const entries = groupNames.map(name => [name, read(name)]);
  const grouped = Object.fromEntries(entries) as unknown as GroupedSettings;
  const capacity = readCapacity(reader, before?.settings.capacity);
  const unknown = new Set(deciding.filter(name => knownFrom.has(name)));
  const knownFromMs = Math.min(...[...unknown].map(name => knownFrom.get(name)!));
  return {
    settings: {...grouped, capacity, unknown, ...(unknown.size > 0 && {knownFromMs})},
    problems,
    standings,
    good: good as Partial<GroupedSettings>,
    sightings,
    readMs: nowMs,
  };
}

const nothing = new ParameterReader([], []);

const groupNames = Object.keys(settingGroups) as readonly GroupName[];
const knownNames = new Set(groupNames.flatMap(name => settingGroups[name].names));
/** Without a value that was ever good, a wrong guess would send mail, or a password, to the wrong place. */
const deciding: readonly Unknown[] = ['smarthost', 'sink', 'mx'];
