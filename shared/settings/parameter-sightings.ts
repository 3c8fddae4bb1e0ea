// When parameters were changed: SSM's LastModifiedDate, within the bounds of what this environment has seen itself.
// Clocks differ, and a deletion has no date.

import type {Parameter} from './parameter-reader.ts';

interface Sighting {
  /** Undefined when the parameter was deleted. */
  readonly value: string | undefined;
  /** LastModifiedDate, in milliseconds since the epoch. */
  readonly modifiedMs: number | undefined;
  readonly version: number | undefined;
  /** When the parameter got this value, or was deleted. */
  readonly changedMs: number;
}

/** By name, all that this environment has ever seen. */
export type Sightings = ReadonlyMap<string, Sighting>;

const nothing = {value: undefined, modifiedMs: undefined, version: undefined};

export function sightingsOf(
  parameters: readonly Parameter[],
  before: {readonly sightings: Sightings; readonly readMs: number} | undefined,
  nowMs: number,
): Sightings {
  const sightings = new Map(before?.sightings);
  for (const [name, {value}] of sightings)
    if (value !== undefined) sightings.set(name, {...nothing, changedMs: nowMs});
  const earliestMs = before?.readMs ?? Number.NEGATIVE_INFINITY;
  for (const {name, value, modifiedMs, version} of parameters) {
    const last = before?.sightings.get(name);
    const seenMs = Math.min(Math.max(modifiedMs ?? earliestMs, earliestMs), nowMs);
    const changedMs = last?.value === value ? last.changedMs : seenMs;
    sightings.set(name, {value, modifiedMs, version, changedMs});
  }
  return sightings;
}

/** When the last of these parameters was changed; -Infinity when none was ever seen. */
export const youngestOf = (names: readonly string[], sightings: Sightings): number =>
  Math.max(...names.map(name => sightings.get(name)?.changedMs ?? Number.NEGATIVE_INFINITY));
