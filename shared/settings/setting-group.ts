// A group is one setting: the names of its parameters, how it is read from them, and what counts while it cannot be read.

import type {Parsed} from '../parsed.ts';
import {ParameterReader} from './parameter-reader.ts';
import {type Sightings, youngestOf} from './parameter-sightings.ts';

export type SettingGroup<T> = NamedGroup<T> | PrefixGroup<T>;

/** Parameters that are one decision: they count together, or the last good value does. */
export interface NamedGroup<T> {
  readonly names: readonly [string, ...string[]];
  /** Without any of the parameters, the default. The reader is told what is wrong. `name` is the first of the names. */
  read(reader: ParameterReader, name: string): T;
  /** What counts in place of a parameter that is absent, as a parameter would say it. Without a default it is off. */
  readonly defaults?: Readonly<Record<string, string>>;
  /** What counts while it is invalid and has never been valid, where that is not the default. */
  readonly fallback?: T;
  /** Mail that depends on it waits while it is not known: a wrong guess would send mail, or a password, elsewhere. */
  readonly mailWaits?: true;
  /**
   * What counts of a value that may be half of what somebody is writing, until it has been left alone for a while:
   * enough to name queues by, not enough to connect with. Undefined when all of it counts at once.
   */
  unsettled?(value: T, last: Last<T> | undefined, reader: ParameterReader): Last<T> | undefined;
}

/** Parameters below a path, each a decision of its own. The setting is a map. */
export interface PrefixGroup<T> {
  /** `capacity/` */
  readonly prefix: string;
  /** What the rest of a name is in the map: one key, however it is spelled. */
  keyOf(rest: string): Parsed<string>;
  /** The value of one parameter, or undefined with a problem told to the reader. */
  read(reader: ParameterReader, name: string): T | undefined;
  /** What counts for one that is invalid and has never been valid, where it does not count as absent. */
  readonly fallback?: T;
}

interface Last<T> {
  readonly value: T;
}

/** A group's parameters are in force, too young, or something is wrong with them. */
export type Standing = 'good' | 'settling' | 'bad';

export interface GroupReading {
  readonly value: unknown;
  readonly standing: Standing;
  /** The last value that was in force. */
  readonly last?: Last<unknown> | undefined;
  /** Mail waits for it until then, in milliseconds since the epoch. */
  readonly knownFromMs?: number | undefined;
}

export interface Clock {
  readonly nowMs: number;
  /** How long parameters with credentials are left alone before they count together. */
  readonly settleMs: number;
  /** When what is invalid is looked at again. */
  readonly nextMs: number;
}

interface Found {
  readonly reader: ParameterReader;
  readonly sightings: Sightings;
  readonly clock: Clock;
}

export function readGroup(
  group: SettingGroup<unknown>,
  before: GroupReading | undefined,
  {reader, sightings, clock: {nowMs, settleMs, nextMs}}: Found,
): GroupReading {
  if ('prefix' in group) {
    const values = before?.value as ReadonlyMap<string, unknown> | undefined;
    return {standing: 'good', value: readBelow(group, values, reader)};
  }
  const {names, fallback, mailWaits} = group;
  const last = before?.last;
  const [value, isRight] = reader.judged(() => group.read(reader, names[0]));
  if (!isRight) {
    if (last !== undefined) return {standing: 'bad', value: last.value, last};
    const knownFromMs = mailWaits && nextMs;
    return {standing: 'bad', value: fallback ?? group.read(nothing, names[0]), knownFromMs};
  }
  const settledMs = youngestOf(names, sightings) + settleMs;
  const unsettled = nowMs < settledMs ? group.unsettled?.(value, last, reader) : undefined;
  if (unsettled === undefined) return {standing: 'good', value, last: {value}};
  return {standing: 'settling', ...unsettled, last, knownFromMs: mailWaits && settledMs};
}

/** One that is invalid keeps its last good value. */
function readBelow<T>(
  {prefix, keyOf, read, fallback}: PrefixGroup<T>,
  last: ReadonlyMap<string, T> | undefined,
  reader: ParameterReader,
): ReadonlyMap<string, T> {
  const values = new Map<string, T>();
  for (const name of reader.below(prefix)) {
    const key = keyOf(name.slice(prefix.length));
    if (!key.ok) reader.wrong(name, key.problem);
    else if (values.has(key.value)) reader.wrong(name, 'is there again, in another case: remove one of them');
    else {
      const [value, isRight] = reader.judged(() => read(reader, name));
      const counts = isRight ? value : (last?.get(key.value) ?? fallback);
      if (counts !== undefined) values.set(key.value, counts);
    }
  }
  return values;
}

const nothing = new ParameterReader([]);
