// The entry of a receiver after a series of events.

import {answered, claimed, type Entry, failed, late} from '../../../../shared/delivery/receivers/entry.ts';
import {treatmentOf} from '../../../../shared/delivery/receivers/treatment.ts';

export const second = 1_000;
export const startMs = 1_900_000_000_000;
export const domain = treatmentOf(false, 0, 5);
export const smarthost = treatmentOf(true, 0, 5);

/**
 * The entry after events at so many seconds: `fail 0, late session 10, answer 11`. A failure may follow a success that
 * only its environment knows of (`fail 3 success 2`), or be of a sender (`fail 0 sender a`).
 */
export function entryAfter(events: string, treatment = domain): Entry | undefined {
  let entry: Entry | undefined;
  for (const text of events.split(', ')) {
    const words = /^(\D+) (\S+)(?: success (\d+))?(?: sender (\w+))?$/.exec(text);
    if (words === null) throw new Error(`not an event: ${text}`);
    const [, kind, atS, successS, sender] = words;
    const successMs = successS === undefined ? undefined : startMs + Number(successS) * second;
    const event = {nowMs: startMs + Number(atS) * second, successMs, treatment};
    if (kind === 'fail') entry = failed('example.org', entry, {...event, reason: 'connect', sender});
    else if (kind === 'answer') entry = answered(entry, event);
    else if (kind === 'claim') entry = (entry && claimed(entry, event)) ?? entry;
    else {
      const where = kind === 'late opening' ? 'opening' : 'session';
      entry = late('example.org', entry, {...event, where, reason: 'late'});
    }
  }
  return entry;
}

export const dueS = (entry: Entry | undefined) => (entry!.probe!.dueMs - startMs) / second;
