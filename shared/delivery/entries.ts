// The entries of a message, which travel with it. They have a bound; what it takes away leaves a number behind.

import {type JsonObject, octetsOf, omit} from '../json.ts';
import {entryProperty, type ResultEntry} from './result-entry.ts';

/** What the entries of a message's attempts may take up. */
export const maxEntriesOctets = 12_288;

/** What entries lose before one of them goes. */
const details = ['banner', 'certificate', 'sent'];

/**
 * The entries so far with a new one. When they get too large, they lose their details, the oldest first; `omitted` says
 * how many. Then the first one and the newest are kept, and as many of those between as there is room for; in the worst case
 * the newest alone. The one behind a gap says in `dropped` how many are missing there.
 */
export function withEntry(entries: readonly JsonObject[], entry: ResultEntry): readonly JsonObject[] {
  const all = [...entries, entryProperty(entry)];
  const octets = all.map(octetsIn);
  let total = octets.reduce((sum, each) => sum + each, 1);
  for (let index = 0; total > maxEntriesOctets && index < all.length; index++) {
    const bare = withoutDetails(all[index]!);
    total += octetsIn(bare) - octets[index]!;
    octets[index] = octetsIn(bare);
    all[index] = bare;
  }
  if (total <= maxEntriesOctets) return all;
  let missing = 0;
  for (let dropped = 1; dropped < all.length - 1; dropped++) {
    total -= octets[dropped]!;
    missing += 1 + droppedBefore(all[dropped]!);
    const next = behindGap(all[dropped + 1]!, missing);
    if (total + octetsIn(next) - octets[dropped + 1]! <= maxEntriesOctets)
      return [all[0]!, next, ...all.slice(dropped + 2)];
  }
  const first = all.length > 1 ? 1 + droppedBefore(all[0]!) : 0;
  return [behindGap(all.at(-1)!, first + missing)];
}

/** With the comma. */
const octetsIn = (entry: JsonObject): number => octetsOf(JSON.stringify(entry)) + 1;

function withoutDetails(entry: JsonObject): JsonObject {
  const there = details.filter(name => Object.hasOwn(entry, name));
  return there.length === 0 ? entry : {...omit(entry, there), omitted: there.length};
}

/** Producers may write entries too. */
const droppedBefore = ({dropped}: JsonObject): number =>
  Number.isSafeInteger(dropped) && (dropped as number) > 0 ? Math.min(dropped as number, 1_000_000) : 0;

function behindGap(entry: JsonObject, missing: number): JsonObject {
  const dropped = missing + droppedBefore(entry);
  return dropped === 0 ? entry : {...entry, dropped};
}
