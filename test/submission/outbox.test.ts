import {afterEach, beforeEach, expect, test} from 'vitest';
import {AwsError} from '../../local/aws-error.ts';
import {Outbox} from '../../submission/outbox.ts';
import {QueueUnderTest} from './queue-under-test.ts';

let queue: QueueUnderTest;
beforeEach(async () => {
  queue = await QueueUnderTest.start();
});
afterEach(() => queue.stop());

const outbox = () => new Outbox(queue.client, queue.queueUrl);
const placeAll = (box: Outbox, bodies: readonly string[]) => Promise.all(bodies.map(body => box.place(body)));
const numbered = (count: number) => Array.from({length: count}, (_, index) => `body ${index}`);

test('what comes at once goes in as few requests as it may', async () => {
  const placed = await placeAll(outbox(), numbered(25));
  expect(placed.every(({ok}) => ok)).toBe(true);
  expect(queue.requests.toSorted()).toEqual([10, 10, 5]);
  expect(queue.bodies.toSorted()).toEqual(numbered(25).toSorted());
});

test('what comes while requests are on their way goes with the next one', async () => {
  const gate = Promise.withResolvers<readonly never[]>();
  queue.answer = () => gate.promise;
  const box = outbox();
  const first = numbered(8).map(async body => {
    const placed = await box.place(body);
    return placed.ok;
  });
  // One by one: each of them has a request of its own.
  const apart = [];
  for (let count = 1; count <= 8; count += 1) {
    apart.push(box.place(`apart ${count}`));
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  await expect.poll(() => queue.requests.length).toBe(8);
  const waiting = placeAll(box, numbered(30));
  gate.resolve([]);
  await Promise.all([...first, ...apart, waiting]);
  const total = queue.requests.reduce((sum, each) => sum + each, 0);
  expect(total).toBe(8 + 8 + 30);
  expect(queue.requests.slice(8).every(count => count > 1)).toBe(true);
});

test('a body that would not fit beside others has a request of its own', async () => {
  const large = 'x'.repeat(1_000_000);
  const placed = await placeAll(outbox(), [large, 'small', large]);
  expect(placed.every(({ok}) => ok)).toBe(true);
  expect(queue.requests.reduce((sum, each) => sum + each, 0)).toBe(3);
  expect(queue.requests.length).toBeGreaterThan(1);
});

test('each is told what became of itself', async () => {
  queue.answer = entries => [{Id: entries[1]!.Id, Code: 'InvalidMessageContents', SenderFault: true}];
  expect(await placeAll(outbox(), ['a', 'b', 'c'])).toEqual([
    {ok: true, id: 'id-1'},
    {ok: false, problem: 'InvalidMessageContents: not now', isRefused: true},
    {ok: true, id: 'id-2'},
  ]);
});

test('a request that fails as a whole fails all of its own, and nothing else', async () => {
  queue.answer = () => {
    throw new AwsError('AccessDenied', 'who are you?', 403);
  };
  const box = outbox();
  const placed = await placeAll(box, ['a', 'b']);
  const failed = {
    ok: false,
    problem: 'AccessDenied: who are you?',
    isRefused: false,
    cause: {name: 'AccessDenied'},
  };
  expect(placed).toMatchObject([failed, failed]);
  queue.answer = () => [];
  expect(await box.place('c')).toEqual({ok: true, id: 'id-1'});
});

test('what has waited for too long is not sent any more', async () => {
  const gate = Promise.withResolvers<readonly never[]>();
  queue.answer = () => gate.promise;
  const box = outbox();
  const inFlight = Array.from({length: 8}, async (_, index) => {
    const placed = await box.place(`x${index}`.padEnd(1_000_000, '.'));
    return placed.ok;
  });
  await expect.poll(() => queue.requests.length).toBe(8);
  const late = new AbortController();
  const waiting = box.place('late', late.signal);
  late.abort();
  gate.resolve([]);
  expect(await waiting).toEqual({ok: false, problem: 'its time is over', isRefused: false});
  expect(await Promise.all(inFlight)).toEqual(Array(8).fill(true));
  expect(queue.bodies).not.toContain('late');
});
