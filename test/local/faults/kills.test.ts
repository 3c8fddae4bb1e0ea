// Execution environments that are killed on purpose.

import {afterEach, describe, expect, it} from 'vitest';
import {CloudsUnderTest} from '../cloud-under-test.ts';
import {functionName} from '../template/template-under-test.ts';
import {getParameter, startCaller} from './calling-cloud.ts';

const clouds = new CloudsUnderTest();
afterEach(() => clouds.stop());
const start = () => startCaller(clouds);

describe('an execution environment', () => {
  it.each([
    ['before', []],
    ['after', ['hello']],
  ] as const)('is killed %s its call takes effect', async (kill, bodies) => {
    const {cloud, call, sendTo, bodiesIn} = await start();
    cloud.faults.add({kill, function: functionName, operation: 'SendMessage', count: 1});
    expect(await call(getParameter, sendTo('tested-work'))).toEqual([{crashed: 'Runtime.ExitError'}]);
    expect(await bodiesIn('tested-work')).toEqual(bodies);
    // The next one has another environment.
    expect(await call(sendTo('tested-work'))).toMatchObject([{status: 200}]);
  });

  it('is the one that calls, and no other of its function', async () => {
    const {cloud, call, sendTo} = await start();
    const hang = cloud.faults.add({fault: 'hang', operation: 'GetParameter'});
    const other = call(getParameter);
    await hang.whenFired();
    cloud.faults.add({kill: 'before', operation: 'SendMessage'});
    expect(await call(sendTo('tested-work'))).toEqual([{crashed: 'Runtime.ExitError'}]);
    hang.remove();
    expect(await other).toMatchObject([{__type: 'ParameterNotFound'}]);
  });

  it('is killed at once when that is asked for', async () => {
    const {cloud, call} = await start();
    const hang = cloud.faults.add({fault: 'hang'});
    const answers = call(getParameter);
    await hang.whenFired();
    expect(cloud.faults.add({kill: 'now', function: functionName}).fired).toBe(1);
    expect(await answers).toEqual([{crashed: 'Runtime.ExitError'}]);
    expect(cloud.faults.active.map(({fault}) => fault)).toEqual([{fault: 'hang'}]);
  });

  it('is killed again and again at random', async () => {
    const {cloud, call} = await start();
    const random = cloud.faults.add({kill: 'random', everyMs: 20, count: 3});
    const answers = [];
    while (random.fired < 3) answers.push((await call(getParameter))[0]);
    // Not every kill meets an invocation. The invocations that are met fail.
    expect(random.fired).toBe(3);
    answers.push((await call(getParameter))[0], (await call(getParameter))[0]);
    expect(answers.at(-1)).toMatchObject({__type: 'ParameterNotFound'});
  });
});
