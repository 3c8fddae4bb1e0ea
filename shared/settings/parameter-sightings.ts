// When parameters were changed, as far as can be told from one reading to the next: SSM's LastModifiedDate, within
// the bounds of what this environment has seen itself, as clocks differ and a deletion has no date.

import type {Parameter} from './parameter-reader.ts';

interface Sighting {
  /** Undefined when it is gone. */
  readonly value: string | undefined;
  /** LastModifiedDate, in milliseconds since the epoch. */
  readonly modifiedMs: number | undefined;
  /** When this value came, or the parameter went. */
  readonly changedMs: number;
}

/** By name: every parameter that this environment has ever seen. */
export type Sightings = ReadonlyMap<string, Sighting>;

interface Before {
  readonly sightings: Sightings;
  readonly readMs: number;
}

export function sightingsOf(
  parameters: readonly Parameter[],
  before: Before | undefined,
  nowMs: number,
): Sightings {
  const sightings = new Map<string, Sighting>();
  for (const [name, last] of before?.sightings ?? []) {
    sightings.set(
      name,
      last.value === undefined ? last : {value: undefined, modifiedMs: undefined, changedMs: nowMs},
    );
  }
  for (const {name, value, modifiedMs} of parameters) {
    const last = before?.sightings.get(name);
    const earliestMs = before?.readMs ?? Number.NEGATIVE_INFINITY;
    const changedMs =
      last?.value === value
        ? last.changedMs
        : Math.min(Math.max(modifiedMs ?? earliestMs, earliestMs), nowMs);
    sightings.set(name, {value, modifiedMs, changedMs});
  }
  return sightings;
}

/** When the last of these parameters was changed; -Infinity when none was ever seen. */
export const youngestOf = (names: readonly string[], sightings: Sightings): number =>
  Math.max(...names.map(name => sightings.get(name)?.changedMs ?? Number.NEGATIVE_INFINITY));
