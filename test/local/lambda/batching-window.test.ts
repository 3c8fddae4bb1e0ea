// Developer Guide, "Using Lambda with Amazon SQS": a batch is complete when it has as many messages as it may have, when
// its window is over, or when it has 6 MB. The window here is so long that no test could wait for its end, but for one.

import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {EventSourceMapping} from '../../../local/lambda/event-source-mapping.ts';
import type {EventSourceMappingResource} from '../../../local/lambda/event-source-mapping-resource.ts';
import {Sqs} from '../../../local/sqs/sqs.ts';

let sqs: Sqs;
let mapping: EventSourceMapping | undefined;
/** How many messages each invocation has had. */
let batches: number[];
beforeEach(() => {
  sqs = new Sqs({region: 'us-east-1', accountId: '000000000000', urlOf: String});
  sqs.createQueue('work', {VisibilityTimeout: '600'});
  batches = [];
});
afterEach(async () => {
  await mapping?.stop();
  sqs.close();
});

const send = (count: number, body = 'hello') => {
  for (let n = 0; n < count; n++) sqs.sendMessage('work', {body});
};
const counts = () => sqs.queue('work').counts;

function start(changes: Partial<EventSourceMappingResource>): EventSourceMapping {
  mapping = new EventSourceMapping({
    definition: {
      logicalId: 'FromWork',
      queueName: 'work',
      functionName: 'tested',
      enabled: true,
      batchSize: 100,
      maximumBatchingWindowS: 300,
      maximumConcurrency: 2,
      functionResponseTypes: ['ReportBatchItemFailures'],
      ...changes,
    },
    source: {queueArn: 'arn:aws:sqs:us-east-1:000000000000:work', region: 'us-east-1'},
    queue: sqs,
    invoke: async payload => {
      batches.push((JSON.parse(payload) as {Records: unknown[]}).Records.length);
      return {ok: true, requestId: String(batches.length), payload: 'null'};
    },
    onProblem: problem => expect.unreachable(String(problem)),
  });
  mapping.start();
  return mapping;
}

describe('a batch', () => {
  it('is invoked when it is full, and what is left waits for more', async () => {
    send(230);
    start({});
    await expect.poll(() => batches).toEqual([100, 100]);
    await expect.poll(counts).toEqual({visible: 0, inFlight: 30, delayed: 0});
    expect(batches).toEqual([100, 100]);
  });

  it('may have ten thousand messages', async () => {
    send(10_000);
    // Several pollers would share them out.
    start({batchSize: 10_000, maximumConcurrency: 1});
    await expect.poll(() => batches).toEqual([10_000]);
    expect(counts()).toEqual({visible: 0, inFlight: 0, delayed: 0});
  });

  it('is filled with messages that come during the window', async () => {
    start({batchSize: 4});
    for (let n = 0; n < 8; n++) send(1);
    await expect.poll(() => batches).toEqual([4, 4]);
  });

  it('is invoked when the window is over', async () => {
    send(3);
    start({maximumBatchingWindowS: 1});
    await expect.poll(() => batches).toEqual([3]);
  });

  it('is invoked when it has 6 MB', async () => {
    send(12, 'x'.repeat(1_048_576));
    start({});
    await expect.poll(() => batches).toEqual([5, 5]);
    await expect.poll(counts).toEqual({visible: 0, inFlight: 2, delayed: 0});
    expect(batches).toEqual([5, 5]);
  });

  it('without a window is what one receive gives', async () => {
    send(13);
    start({batchSize: 10, maximumBatchingWindowS: 0});
    await expect.poll(() => batches).toEqual([10, 3]);
  });
});

it('what a stop finds in a window is visible again, and nothing is invoked', async () => {
  send(3);
  const stopped = start({});
  await expect.poll(counts).toEqual({visible: 0, inFlight: 3, delayed: 0});
  await stopped.stop();
  expect(counts()).toEqual({visible: 3, inFlight: 0, delayed: 0});
  expect(batches).toEqual([]);
});
