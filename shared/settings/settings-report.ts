// What the log says about a reading of the settings: what has changed since the one before, whether it counts yet, and
// what is wrong. It tells names and what would be right, never values.

import type {LogLine} from '../log-line.ts';
import {utcTimeOf} from '../utc-time.ts';
import type {Standing} from './setting-group.ts';
import {type SettingName, settingGroups} from './setting-groups.ts';
import type {Reading, Settings} from './settings.ts';

export const inForceMessage = 'settings changed; they are in force';
export const settlingMessage =
  'settings changed; they count together when they have been left alone for a while';
/** How the line begins that tells what is wrong. */
export const problemsPrefix = 'settings have problems';

type Change = 'added' | 'changed' | 'removed';

/** By the name of a parameter. */
type Changes = ReadonlyMap<string, Change>;

/**
 * What has changed: one line for what is in force, and one for what has to wait.
 * @param before absent for the first reading of an environment: its parameters are no news, unless mail waits for them
 * @param pending changes that were not in force before
 */
export function changesReport(
  reading: Reading,
  before: Reading | undefined,
  pending: Changes,
): {readonly lines: readonly LogLine[]; readonly pending: Changes} {
  const fresh = changesOf(reading, before);
  const changes = new Map([...pending, ...fresh]);
  const those = (standing: Standing, from: Changes): Changes =>
    new Map([...from].filter(([name]) => standingOf(name, reading) === standing));
  const lines: LogLine[] = [];
  const inForce = those('good', changes);
  if (before !== undefined && inForce.size > 0)
    lines.push({level: 'info', message: inForceMessage, fields: fieldsOf(inForce, reading)});
  const waiting = those('settling', fresh);
  if (waiting.size > 0) {
    const until = utcTimeOf(Math.ceil(reading.settings.knownFromMs! / 1000) * 1000);
    const fields = {...fieldsOf(waiting, reading), until, ...waitsIn(reading.settings)};
    lines.push({level: 'info', message: settlingMessage, fields});
  }
  const left = [...those('settling', changes), ...(before === undefined ? [] : those('bad', changes))];
  return {lines, pending: new Map(left)};
}

/** Everything that is wrong, with the time of its writing; undefined when nothing is. */
export function problemsLine(reading: Reading, before: Reading | undefined): LogLine | undefined {
  const {problems, settings, groups, sightings} = reading;
  if (problems.length === 0) return undefined;
  const texts = problems.map(({path, problem}) => {
    const modifiedMs = sightings.get(path)?.modifiedMs;
    const since = modifiedMs === undefined ? '' : ` (written ${utcTimeOf(modifiedMs)} UTC)`;
    return `${path} ${problem}${since}`;
  });
  const isUnknown = [...settings.unknown].some(name => groups.get(name)?.standing === 'bad');
  const instead = isUnknown
    ? 'mail that depends on them waits'
    : before === undefined
      ? 'the defaults count in their place'
      : 'the last good values stay in force';
  const fields = {problems: texts, ...waitsIn(settings)};
  return {level: 'error', message: `${problemsPrefix}; ${instead}`, fields};
}

function waitsIn({unknown, sink}: Settings): {readonly waiting?: string} {
  if (unknown.has('dkim') || unknown.has('sink')) return {waiting: 'all mail'};
  if (sink !== undefined || unknown.size === 0) return {};
  return {waiting: unknown.has('smarthost') ? 'mail without a smarthost of its own' : 'mail for MX hosts'};
}

function changesOf({sightings}: Reading, before: Reading | undefined): Changes {
  const changes = new Map<string, Change>();
  for (const [name, {value}] of sightings) {
    const last = before?.sightings.get(name)?.value;
    if (value === last) continue;
    changes.set(name, last === undefined ? 'added' : value === undefined ? 'removed' : 'changed');
  }
  return changes;
}

function standingOf(name: string, {groups, problems}: Reading): Standing {
  const group = groupOf.get(name);
  if (group !== undefined) return groups.get(group)!.standing;
  return problems.some(({path}) => path === name) ? 'bad' : 'good';
}

/** By the name of a parameter that counts together with others. */
const groupOf: ReadonlyMap<string, SettingName> = new Map(
  Object.entries(settingGroups).flatMap(([setting, group]) =>
    'names' in group ? group.names.map(name => [name, setting as SettingName] as const) : [],
  ),
);

/** `{"changed": ["smarthost"], "removed": ["smarthost-port"], "versions": {"smarthost": 3}}` */
function fieldsOf(changes: Changes, {sightings}: Reading): LogLine['fields'] {
  const names = [...Map.groupBy(changes, ([, change]) => change)].map(([change, those]) => [
    change,
    those.map(([name]) => name).sort(),
  ]);
  const versions = [...changes.keys()].sort().flatMap(name => {
    const version = sightings.get(name)?.version;
    return version === undefined ? [] : [[name, version] as const];
  });
  return {
    ...Object.fromEntries(names),
    ...(versions.length > 0 && {versions: Object.fromEntries(versions)}),
  };
}
