// Where results go whose own queue cannot be used, and how loud the log is about it.

import {afterAll, beforeAll, expect, it} from 'vitest';
import {Results} from '../../../functions/outcome/results.ts';
import {Sqs} from '../../../functions/runtime/sqs.ts';
import {passingQueueOf} from '../../../shared/names.ts';
import {type QueueUnderTest, type SqsUnderTest, startSqs} from '../../local/sqs/sqs-under-test.ts';

let under: SqsUnderTest;
let own: QueueUnderTest;
beforeAll(async () => {
  under = await startSqs();
  own = await under.queue();
});
afterAll(() => under.stop());

const passing = passingQueueOf('dev', '0123abcd');

it.each([
  ['somebody has stopped waiting at', passing, 'info'],
  ['nobody has made', 'relayq-dev-results-mine', 'error'],
  ['has another name', 'mine', 'error'],
])('a result for a queue that %s goes to the stage’s own', async (_, name, level) => {
  const levels: string[] = [];
  const stageUrls = {results: own.url, success: own.url, failure: own.url, retry: own.url};
  const parts = {sqs: new Sqs(under.client), stageUrls, log: (each: string) => void levels.push(each)};
  const results = new Results({...parts, waitingUrl: own.url});
  expect((await results.publishCopies([{kind: 'results', name, body: `{"for": "${name}"}`}])).size).toBe(0);
  expect(levels).toEqual([level]);
  expect(await own.bodies()).toEqual([`{"for": "${name}"}`]);
});

it('also when the queue was there a moment ago', async () => {
  const levels: string[] = [];
  under.sqs.createQueue(passing);
  const stageUrls = {results: own.url, success: own.url, failure: own.url, retry: own.url};
  const parts = {sqs: new Sqs(under.client), stageUrls, log: (each: string) => void levels.push(each)};
  const results = new Results({...parts, waitingUrl: own.url});
  const copy = {kind: 'results', name: passing, body: '{}'} as const;
  await results.publishCopies([copy]);
  expect(await under.queueNamed(`${passing}`).bodies()).toEqual(['{}']);
  under.sqs.deleteQueue(passing);
  await results.publishCopies([copy]);
  expect(levels).toEqual(['info']);
  expect(await own.bodies()).toEqual(['{}']);
});
