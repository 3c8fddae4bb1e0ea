// Which calls a fault concerns, and how many of them it strikes.

import {GetQueueUrlCommand} from '@aws-sdk/client-sqs';
import {GetParameterCommand, SSMClient} from '@aws-sdk/client-ssm';
import {afterEach, describe, expect, it} from 'vitest';
import {Trigger} from '../../../local/faults/trigger.ts';
import {sdkOptions} from '../../sdk-options.ts';
import {CloudsUnderTest} from '../cloud-under-test.ts';
import {functionName} from '../template/template-under-test.ts';
import {getParameter, startCaller} from './calling-cloud.ts';

const clouds = new CloudsUnderTest();
afterEach(() => clouds.stop());
const start = () => startCaller(clouds);

describe('a fault concerns', () => {
  it('the calls of the functions alone, unless it says otherwise', async () => {
    const {cloud, client, call, sendTo} = await start();
    const ssm = new SSMClient(sdkOptions(cloud.url));
    cloud.ssm.put('/app/name', 'value');
    const own = () => client.send(new GetQueueUrlCommand({QueueName: 'tested-work'}));
    cloud.faults.add({fault: 'refuse'});
    expect(await call(sendTo('tested-work'))).toMatchObject([{status: 403}]);
    await own();
    cloud.faults.clear();
    cloud.faults.add({fault: 'refuse', service: 'sqs', from: 'all'});
    await expect(own()).rejects.toMatchObject({name: 'AccessDenied', $metadata: {httpStatusCode: 403}});
    await ssm.send(new GetParameterCommand({Name: '/app/name'}));
    ssm.destroy();
  });

  it('the operations, queues and functions that its patterns fit', async () => {
    const {cloud, call, sendTo, batchOf} = await start();
    const struck = async () =>
      (await call(sendTo('tested-work'), sendTo('tested-dead'), batchOf('tested-dead', 1))).map(
        ({status}) => status !== 200,
      );
    const cases = [
      [{operation: 'Send*'}, [true, true, true]],
      [{operation: 'SendMessage'}, [true, true, false]],
      [{operation: '*Batch'}, [false, false, true]],
      [{operation: 'sendmessage'}, [false, false, false]],
      [{queue: '*-work'}, [true, false, false]],
      [{queue: 'tested-dead'}, [false, true, true]],
      [{queue: 'tested.dead'}, [false, false, false]],
      [{function: 'tested-*'}, [true, true, true]],
      [{service: 'ssm'}, [false, false, false]],
      [{containing: 'body 0'}, [false, false, true]],
      [{containing: 'hell'}, [true, true, false]],
    ] as const;
    for (const [filter, expected] of cases) {
      const fault = cloud.faults.add({fault: 'throttle', ...filter});
      expect([filter, await struck()]).toEqual([filter, expected]);
      fault.remove();
    }
    expect(() => cloud.faults.add({fault: 'throttle', function: 'another'})).toThrow(
      `function: none of ${functionName}`,
    );
  });

  it('a number of calls, or a share of them that its seed decides', async () => {
    const {cloud, call} = await start();
    const statuses = async (count: number) =>
      (await call(...Array(count).fill(getParameter))).map(({__type}) => __type === 'ThrottlingException');
    const counted = cloud.faults.add({fault: 'throttle', count: 2});
    expect(await statuses(4)).toEqual([true, true, false, false]);
    expect(counted.fired).toBe(2);
    counted.remove();
    const runs = [];
    for (let run = 0; run < 2; run++) {
      const fault = cloud.faults.add({fault: 'throttle', rate: 0.5, seed: 7});
      runs.push(await statuses(10));
      fault.remove();
    }
    expect(runs[0]).toEqual(runs[1]);
    expect(new Set(runs[0])).toEqual(new Set([true, false]));
  });
});

describe('a trigger', () => {
  it('fires as often as its rate says, and the same again with the same seed', () => {
    const firings = (seed: number) => {
      const trigger = new Trigger({rate: 0.3, seed});
      return Array.from({length: 10_000}, () => trigger.fires());
    };
    const fired = firings(42);
    expect(fired.filter(Boolean).length / 10_000).toBeCloseTo(0.3, 1);
    expect(firings(42)).toEqual(fired);
    expect(firings(43)).not.toEqual(fired);
  });
});
