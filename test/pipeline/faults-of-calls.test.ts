// Every call that the functions make about a message fails in every way, with a message for each case. All cases run at
// once, as most of their time is spent waiting for a message to come again.

import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import type {ActiveFault} from '../../local/faults/active-fault.ts';
import type {Fault} from '../../local/faults/fault.ts';
import {FaultBench, finallyOnce, type Kind, once, type Sample, type Tally} from './fault-bench.ts';
import {names} from './pipeline-under-test.ts';

const {results, success, failure, retry} = names.results;
const {route, deliver} = names;
const batch = 'SendMessageBatch';

/** A call about a kind of message: the function, the call, the queue. */
type CallPoint = readonly [functionName: string, operation: string, queue: string, kind: Kind];

const callPoints: readonly CallPoint[] = [
  [route, batch, names.delivery, 'ok'],
  [route, batch, names.waitingSoon, 'hold'],
  [route, batch, results, 'invalid'],
  [route, batch, failure, 'invalid'],
  [route, batch, names.outboxOversize, 'large'],
  [deliver, batch, names.waitingSoon, 'later'],
  [deliver, batch, results, 'later'],
  [deliver, batch, retry, 'later'],
  [deliver, batch, results, 'ok'],
  [deliver, batch, success, 'ok'],
  [deliver, batch, results, 'bounce'],
  [deliver, batch, failure, 'bounce'],
];

/** The SDK, or the function itself, repeats the call at once. */
const passing = {
  'fails once': {fault: 'fail', count: 1},
  'is throttled twice': {fault: 'throttle', count: 2},
  'fails in its entry once': {fault: 'partial', share: 1, count: 1},
} as const;
/** The call fails so often that the message has to come again. */
const lasting = {
  'is throttled for as long as the SDK tries': {fault: 'throttle', count: 3},
  'is refused': {fault: 'refuse', count: 1},
  'fails in its entry for as long as it is tried': {fault: 'partial', share: 1, count: 3},
} as const;
const unanswered = {'is done and not answered': {fault: 'drop', count: 1}} as const;
/** Nobody is left who knows how far the function came. */
const ending = {
  'has its environment killed before it is done': {kill: 'before', count: 1},
  'has its environment killed when it is done': {kill: 'after', count: 1},
} as const;

let bench: FaultBench;
interface Case {
  readonly sample: Sample;
  readonly fault: ActiveFault;
}
const cases = new Map<string, Case>();
const keyOf = (point: CallPoint, way: string) => [...point, way].join(' ');
const fits = ([, operation]: CallPoint, fault: Fault) =>
  operation === batch || !('fault' in fault && fault.fault === 'partial');

beforeAll(async () => {
  bench = await FaultBench.start({
    timeoutS: 30,
    holdS: 12,
    overrides: ({eventSourceMappings}) => {
      for (const mapping of eventSourceMappings) {
        // Each message in a batch of its own, so that no other shares its fate.
        mapping.batchSize = 1;
        mapping.maximumConcurrency = 5;
      }
    },
  });
  await bench.tallyOfOne('ok');
  for (const point of callPoints) {
    const [functionName, operation, queue, kind] = point;
    for (const [way, fault] of Object.entries({...passing, ...lasting, ...unanswered, ...ending})) {
      if (!fits(point, fault)) continue;
      const sample = bench.sample(kind);
      const call = {function: functionName, operation, queue, containing: sample.id};
      cases.set(keyOf(point, way), {sample, fault: bench.fault({...fault, ...call})});
    }
  }
  // Messages that are held go first, so that they are seen before they are due.
  const samples = [...cases.values()].map(({sample}) => sample);
  const {hold = [], others = []} = Object.groupBy(samples, ({kind}) => (kind === 'hold' ? kind : 'others'));
  await bench.send(...hold, ...others);
  await bench.settled();
});
afterAll(() => bench.stop());

/** What came of the case, once its fault has struck as often as planned. */
function tallyOf(point: CallPoint, way: string, {count}: {readonly count: number}): Tally {
  const {sample, fault} = cases.get(keyOf(point, way))!;
  expect(fault.fired).toBe(count);
  return bench.tallyOf(sample);
}

const fatesIn = (tally: Tally, where: keyof Tally): readonly string[] => {
  const found = tally[where];
  return typeof found === 'number' ? Array.from({length: found}, () => where) : found;
};

describe.each(callPoints)('when a call of %s, %s to %s for a message that is %s,', (...point) => {
  const [, , queue, kind] = point;

  const waysOf = (ways: Readonly<Record<string, Fault & {readonly count: number}>>) =>
    Object.entries(ways).filter(([, fault]) => fits(point, fault));

  test.each(waysOf(passing))('%s, nothing changes', (way, fault) => {
    expect(tallyOf(point, way, fault)).toEqual(once[kind]);
  });

  test.each(waysOf(lasting))('%s, the message still ends once', (way, fault) => {
    expect(finallyOnce(tallyOf(point, way, fault))).toEqual(finallyOnce(once[kind]));
  });

  test.each(waysOf(unanswered))('%s, its effect may come twice, and nothing else', (way, fault) => {
    const tally = tallyOf(point, way, fault);
    const [where] = (Object.entries(names.results) as [keyof Tally, string][]).find(
      ([, name]) => name === queue,
    ) ?? ['dead'];
    // The FIFO queue knows a repeated message by its deduplication ID.
    const isRepeated = queue === names.outboxOversize || where !== 'dead';
    if (!isRepeated) return expect(tally).toEqual(once[kind]);
    expect({...tally, [where]: once[kind][where]}).toEqual(once[kind]);
    // A busy machine may take an answer that is late for one that does not come, and repeat once more.
    const [found, expected] = [fatesIn(tally, where), fatesIn(once[kind], where)];
    expect(found.length).toBeGreaterThan(expected.length);
    expect(new Set(found)).toEqual(new Set(expected));
  });

  test.each(waysOf(ending))(
    '%s, the message ends at least once, each time with the same fate',
    (way, fault) => {
      const tally = tallyOf(point, way, fault);
      const expected = once[kind];
      const finals = (fates: readonly string[]) => [...new Set(fates.filter(fate => fate !== 'deferred'))];
      for (const where of ['results', 'success', 'failure'] as const)
        expect([where, finals(tally[where])]).toEqual([where, finals(expected[where])]);
      expect(tally.mails).toBeGreaterThanOrEqual(expected.mails);
      // The one before, the one after, and one that goes through the outbox again.
      expect(tally.mails).toBeLessThanOrEqual(expected.mails * 3);
      expect(tally.dead).toBeGreaterThanOrEqual(expected.dead);
      expect(tally.dead).toBeLessThanOrEqual(expected.dead * 2);
    },
  );
});
