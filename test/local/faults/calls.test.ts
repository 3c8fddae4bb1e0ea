// What happens to a call that a fault strikes.

import {SendMessageCommand} from '@aws-sdk/client-sqs';
import {afterEach, describe, expect, it} from 'vitest';
import {CloudsUnderTest} from '../cloud-under-test.ts';
import {getParameter, startCaller} from './calling-cloud.ts';

const clouds = new CloudsUnderTest();
afterEach(() => clouds.stop());
const start = () => startCaller(clouds);

describe('a call', () => {
  it.each([
    [
      'fail',
      {status: 500, __type: 'com.amazon.coral.service#InternalFailure', query: 'InternalFailure;Receiver'},
    ],
    [
      'unavailable',
      {
        status: 503,
        __type: 'com.amazon.coral.service#ServiceUnavailableException',
        query: 'ServiceUnavailable;Receiver',
      },
    ],
    [
      'throttle',
      {status: 403, __type: 'com.amazonaws.sqs#RequestThrottled', query: 'RequestThrottled;Sender'},
    ],
    [
      'refuse',
      {status: 403, __type: 'com.amazon.coral.service#AccessDeniedException', query: 'AccessDenied;Sender'},
    ],
  ] as const)('of SQS under the fault %s has no effect, and gets the error of AWS', async (fault, error) => {
    const {cloud, call, sendTo, bodiesIn} = await start();
    cloud.faults.add({service: 'sqs', fault});
    expect(await call(sendTo('tested-work'), getParameter)).toMatchObject([
      error,
      {__type: 'ParameterNotFound'},
    ]);
    expect(await bodiesIn('tested-work')).toEqual([]);
  });

  it.each([
    ['fail', {status: 500, __type: 'InternalServerError'}],
    ['unavailable', {status: 503, __type: 'ServiceUnavailable'}],
    ['throttle', {status: 400, __type: 'ThrottlingException', message: 'Rate exceeded'}],
    ['refuse', {status: 400, __type: 'AccessDeniedException'}],
  ] as const)('of SSM under the fault %s gets the error of AWS', async (fault, error) => {
    const {cloud, call, sendTo} = await start();
    cloud.faults.add({service: 'ssm', fault});
    expect(await call(getParameter, sendTo('tested-work'))).toMatchObject([error, {status: 200}]);
  });

  it('that is dropped is done, and its connection closes without an answer', async () => {
    const {cloud, call, sendTo, bodiesIn} = await start();
    cloud.faults.add({operation: 'SendMessage', fault: 'drop', count: 1});
    const [dropped, next] = await call(sendTo('tested-work', 'done'), sendTo('tested-work', 'next'));
    expect(dropped).toEqual({lost: 'UND_ERR_SOCKET'});
    expect(next).toMatchObject({status: 200});
    expect(await bodiesIn('tested-work')).toEqual(expect.arrayContaining(['done', 'next']));
  });

  it('that hangs goes on when its fault is removed', async () => {
    const {cloud, call, sendTo, bodiesIn} = await start();
    const hang = cloud.faults.add({operation: 'SendMessage', fault: 'hang'});
    const answers = call(sendTo('tested-work'));
    await hang.whenFired();
    expect(await bodiesIn('tested-work')).toEqual([]);
    hang.remove();
    expect(await answers).toMatchObject([{status: 200}]);
    expect(await bodiesIn('tested-work')).toEqual(['hello']);
    expect(cloud.faults.active).toEqual([]);
  });

  it('that hangs is never done when its client goes away', async () => {
    const {cloud, client, bodiesIn} = await start();
    const hang = cloud.faults.add({operation: 'SendMessage', from: 'all', fault: 'hang'});
    const leaving = new AbortController();
    const send = new SendMessageCommand({QueueUrl: cloud.queueUrlOf('tested-work'), MessageBody: 'never'});
    const sent = client.send(send, {abortSignal: leaving.signal});
    await hang.whenFired();
    leaving.abort();
    await expect(sent).rejects.toThrow('aborted');
    // When it answers another request, the endpoint has seen the client leave.
    await bodiesIn('tested-work');
    cloud.faults.clear();
    expect(await bodiesIn('tested-work')).toEqual([]);
  });

  it('is delayed by each delay, and then other faults strike', async () => {
    const {cloud, call} = await start();
    for (const ms of [60, 60]) cloud.faults.add({fault: 'delay', ms});
    cloud.faults.add({fault: 'throttle'});
    await call();
    const beganMs = performance.now();
    expect(await call(getParameter)).toMatchObject([{__type: 'ThrottlingException'}]);
    expect(performance.now() - beganMs).toBeGreaterThanOrEqual(119);
  });

  it('of a batch fails in part: what failed was not done, and the rest was', async () => {
    const {cloud, call, sendTo, batchOf, bodiesIn} = await start();
    cloud.faults.add({fault: 'partial', share: 0.3, seed: 1});
    const [batch, single] = await call(batchOf('tested-work', 10), sendTo('tested-dead'));
    const failed = batch!.Failed as {Id: string}[];
    const successful = batch!.Successful as {Id: string}[];
    expect(failed).toHaveLength(3);
    expect(failed[0]).toMatchObject({SenderFault: false, Code: 'InternalError'});
    expect(new Set([...failed, ...successful].map(({Id}) => Id)).size).toBe(10);
    const done = successful.map(({Id}) => Id.replace('e', 'body '));
    expect((await bodiesIn('tested-work')).toSorted()).toEqual(done.toSorted());
    expect(single).toMatchObject({status: 200});
  });

  it('of a batch can fail with all its entries', async () => {
    const {cloud, call, batchOf, bodiesIn} = await start();
    cloud.faults.add({fault: 'partial', share: 1});
    const [batch] = await call(batchOf('tested-work', 2));
    expect(batch).toMatchObject({status: 200, Failed: [{}, {}]});
    expect(batch).not.toHaveProperty('Successful');
    expect(await bodiesIn('tested-work')).toEqual([]);
  });
});
