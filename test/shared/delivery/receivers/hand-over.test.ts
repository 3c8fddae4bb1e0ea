// While a receiver changes queues, connections to it never exceed its capacity: the slow queue begins when no transaction
// of the fast one is left, however late each environment learns of what the others have seen.

import fc from 'fast-check';
import {expect, test} from 'vitest';
import {type Entry, late, listAgeMs} from '../../../../shared/delivery/receivers/entry.ts';
import {patienceOf} from '../../../../shared/delivery/receivers/patience.ts';
import {placementOf} from '../../../../shared/delivery/receivers/placement.ts';
import {treatmentOf} from '../../../../shared/delivery/receivers/treatment.ts';
import {lateMs} from '../../../../shared/smtp/patience.ts';

const treatment = treatmentOf(false, 0, 5);
const patience = patienceOf(treatment, 'fast');

interface Sighting {
  readonly atMs: number;
  readonly where: 'opening' | 'session';
}

/** One transaction: how long the server takes for the opening, for each reply before the text, and for the one after it. */
interface Transaction {
  /** The environment that has the lane then. */
  readonly environment: number;
  readonly openingMs: number;
  readonly repliesMs: readonly [number, number, number];
  readonly textMs: number;
}

/** When a transaction that begins at a time is over, and which late replies are seen in it. */
function courseOf({openingMs, repliesMs, textMs}: Transaction, startMs: number) {
  const sightings: Sighting[] = [];
  let nowMs = startMs;
  const waitFor = (neededMs: number, mostMs: number, where: Sighting['where']) => {
    const waitedMs = Math.min(neededMs, mostMs);
    for (let ms = lateMs; ms < waitedMs; ms += lateMs) sightings.push({atMs: nowMs + ms, where});
    nowMs += waitedMs;
    const isOver = neededMs > mostMs;
    if (isOver) sightings.push({atMs: nowMs, where});
    return !isOver;
  };
  if (!waitFor(openingMs, patience.openingMs!, 'opening')) return {endMs: nowMs, sightings};
  const textStartMs = nowMs + patience.beforeTextMs!;
  for (const replyMs of repliesMs)
    if (!waitFor(replyMs, textStartMs - nowMs, 'session')) return {endMs: nowMs, sightings};
  waitFor(textMs, patience.afterTextMs!, 'session');
  return {endMs: nowMs, sightings};
}

const environmentCount = 4;

type Moment = {readonly atMs: number; readonly does: () => void};

/** What is left of lanes of the fast queue, which are in one environment after the other, when the slow one begins. */
function leftOf(lanes: readonly (readonly Transaction[])[]) {
  let entry: Entry | undefined;
  /** What the slow queue would see at any time. */
  const history: {readonly atMs: number; readonly entry: Entry | undefined}[] = [];
  const moments: Moment[] = [];
  const at = (atMs: number, does: () => void) => moments.push({atMs, does});
  const fast: {readonly openedMs: number; readonly endMs: number}[] = [];
  const environments = Array.from({length: environmentCount}, () => ({
    entry: undefined as Entry | undefined,
    readMs: Number.NEGATIVE_INFINITY,
  }));
  for (const transactions of lanes) {
    const next = (index: number, nowMs: number) => {
      const transaction = transactions[index];
      if (transaction === undefined) return;
      const known = environments[transaction.environment]!;
      if (nowMs >= known.readMs + listAgeMs) Object.assign(known, {entry, readMs: nowMs});
      const placement = placementOf(known.entry, treatment.staysFast);
      if (placement.kind === 'outside' || placement.queue === 'slow') return;
      const {endMs, sightings} = courseOf(transaction, nowMs);
      fast.push({openedMs: Math.min(nowMs + transaction.openingMs, endMs), endMs});
      for (const {atMs, where} of sightings)
        at(atMs, () => {
          entry = late('example.org', entry, {nowMs: atMs, where, reason: '', treatment});
          history.push({atMs, entry});
          known.entry = entry;
        });
      at(endMs, () => next(index + 1, endMs));
    };
    at(0, () => next(0, 0));
  }
  for (;;) {
    moments.sort((a, b) => a.atMs - b.atMs);
    const moment = moments.shift();
    if (moment === undefined) break;
    moment.does();
  }
  // The slow queue begins as soon as what it knows lets it: by a list that may be as old as can be, or with a probe. That is
  // claimed by a write, which counts only where nothing was written meanwhile.
  const slowStarts = history.flatMap(({atMs: writtenMs, entry: known}, index) => {
    const placement = placementOf(known, treatment.staysFast);
    const nextMs = history[index + 1]?.atMs ?? Number.POSITIVE_INFINITY;
    const isProbe = placement.kind === 'outside';
    if (!isProbe && placement.queue === 'fast') return [];
    const startMs = Math.max(isProbe ? known!.probe!.dueMs : placement.fromMs, writtenMs);
    return startMs < nextMs + (isProbe ? 0 : listAgeMs) ? [{startMs, isProbe}] : [];
  });
  const firstOf = (isToProbe: boolean) =>
    Math.min(...slowStarts.filter(({isProbe}) => isProbe === isToProbe).map(each => each.startMs));
  const [lanesMs, probeMs] = [firstOf(false), firstOf(true)];
  return {
    connections: fast.filter(({endMs}) => endMs > lanesMs).length,
    openings: fast.filter(({openedMs}) => openedMs > probeMs).length,
  };
}

/** Times near to what is still in time, and near to what is given up. */
const ms = (mostMs: number) =>
  fc.oneof(
    fc.constantFrom(1, lateMs - 1, lateMs - 1, lateMs + 1, mostMs - 1, mostMs + 1),
    fc.integer({min: 1, max: mostMs}),
  );
const transaction = fc.record({
  environment: fc.nat(environmentCount - 1),
  openingMs: ms(patience.openingMs!),
  repliesMs: fc.tuple(ms(patience.beforeTextMs!), ms(patience.beforeTextMs!), ms(patience.beforeTextMs!)),
  textMs: ms(patience.afterTextMs!),
});

test('no connection of the fast queue is left when the slow one begins, and no opening when it probes', () => {
  const lanes = fc.array(fc.array(transaction, {minLength: 1, maxLength: 10}), {minLength: 1, maxLength: 4});
  fc.assert(
    fc.property(lanes, each => {
      expect(leftOf(each)).toEqual({connections: 0, openings: 0});
    }),
    {numRuns: 10_000},
  );
});
