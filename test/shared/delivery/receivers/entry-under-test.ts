// The entry of a receiver after a series of events.

import {answered, claimed, type Entry, failed, late} from '../../../../shared/delivery/receivers/entry.ts';
import {treatmentOf} from '../../../../shared/delivery/receivers/treatment.ts';

export const second = 1_000;
export const startMs = 1_900_000_000_000;
export const domain = treatmentOf(false, 0, 5);
export const smarthost = treatmentOf(true, 0, 5);

export type Step =
  | readonly ['fail' | 'late opening' | 'late session' | 'answer' | 'claim', number]
  | readonly ['fail', number, {readonly successS?: number; readonly sender?: string}];

/** The entry after events at so many seconds. */
export function entryAfter(steps: readonly Step[], treatment = domain): Entry | undefined {
  let entry: Entry | undefined;
  for (const [kind, atS, options] of steps) {
    const {successS, sender} = options ?? {};
    const successMs = successS === undefined ? undefined : startMs + successS * second;
    const event = {nowMs: startMs + atS * second, successMs, treatment};
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
