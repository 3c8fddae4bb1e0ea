// The faults as people write them and see them at the endpoint.

import {afterEach, describe, expect, it} from 'vitest';
import {parseFaults} from '../../../local/faults/fault.ts';
import {CloudsUnderTest, type CloudUnderTest} from '../cloud-under-test.ts';
import {functionName} from '../template/template-under-test.ts';
import {getParameter, startCaller} from './calling-cloud.ts';

const clouds = new CloudsUnderTest();
afterEach(() => clouds.stop());
const start = () => startCaller(clouds);

describe('at the endpoint', () => {
  const ask = async ({cloud: {url}}: CloudUnderTest, method: string, body?: string) => {
    const headers = {'content-type': 'application/x-www-form-urlencoded'};
    const response = await fetch(`${url}/_relayq/faults`, {method, headers, ...(body && {body})});
    return [response.status, await response.json()];
  };

  it('faults are put, added, shown and removed, as curl does it', async () => {
    const under = await start();
    const {call} = under;
    expect(await ask(under, 'GET')).toEqual([200, []]);
    const throttle = {service: 'ssm', operation: 'Get*', fault: 'throttle', seed: 5};
    expect(await ask(under, 'PUT', JSON.stringify([{fault: 'hang'}]))).toMatchObject([
      200,
      [{fault: 'hang'}],
    ]);
    expect(await ask(under, 'PUT', JSON.stringify([throttle]))).toEqual([200, [{...throttle, fired: 0}]]);
    expect(await call(getParameter)).toMatchObject([{__type: 'ThrottlingException'}]);
    expect(await ask(under, 'POST', JSON.stringify({fault: 'delay', ms: 1}))).toMatchObject([
      200,
      [
        {fault: 'throttle', fired: 1},
        {fault: 'delay', fired: 0},
      ],
    ]);
    expect(await ask(under, 'DELETE')).toEqual([200, []]);
    expect(await call(getParameter)).toMatchObject([{__type: 'ParameterNotFound'}]);
  });

  it('all problems are named, and then none of the faults is in force', async () => {
    const under = await start();
    const faults = [
      {fault: 'delay', ms: 1},
      {fault: 'throttle', rate: 2, count: 0, quue: 'x'},
      {fault: 'delay'},
      {fault: 'explode'},
      {},
      {fault: 'fail', kill: 'now'},
      {service: 'ssm', queue: 'x', fault: 'fail'},
      {kill: 'before', from: 'all'},
      {kill: 'random'},
      {kill: 'now', count: 1},
      {smtp: {delayMs: -1}},
      'fail',
    ];
    expect(await ask(under, 'PUT', JSON.stringify(faults))).toEqual([
      400,
      {
        problems: [
          '[1].rate: must be between 0 and 1',
          '[1].count: must be 1 or more',
          '[1].quue: is not known here',
          '[2].ms: is missing',
          '[3].fault: must be one of: fail, unavailable, throttle, refuse, hang, drop, delay, partial',
          '[4]: must have one of: fault, kill, smtp',
          '[5]: must have one of: fault, kill, smtp',
          '[6]: queue: ssm has none',
          '[7]: from: all is more than the calls of a function',
          '[8].everyMs: is missing',
          '[9].count: is not known here',
          '[10].smtp.delayMs: must not be negative',
          '[11]: must be an object',
        ],
      },
    ]);
    expect(await ask(under, 'PUT', '[{fault}]')).toMatchObject([400, {problems: [/^not JSON: /]}]);
    expect(await ask(under, 'PUT', '{"fault": "fail", "function": "x"}')).toEqual([
      400,
      {problems: [`function: none of ${functionName}`]},
    ]);
    expect(await ask(under, 'PUT', '{"smtp": {"delayMs": 1}}')).toEqual([
      400,
      {problems: ['smtp: this cloud has no sink of its own']},
    ]);
    expect(await ask(under, 'PATCH', '[]')).toMatchObject([405, {}]);
    expect(await ask(under, 'GET')).toEqual([200, []]);
  });

  it('every fault that can be written is read as it was written', () => {
    const faults = [
      {fault: 'partial', share: 0.2, operation: 'SendMessageBatch', queue: 'q', function: 'f', rate: 0.5},
      {fault: 'drop', from: 'all', count: 3, seed: -1},
      {kill: 'after', operation: 'DeleteMessage', service: 'sqs', containing: 'x'},
      {kill: 'random', everyMs: 100, function: 'f*', count: 2, seed: 3},
      {smtp: {delayMs: 10}},
      {smtp: {stage: 'auth', code: 535, text: 'no'}, count: 1},
      {smtp: {stage: 'data', close: true}, rate: 0.1},
      {smtp: {octetsPerSecond: 1}},
    ];
    expect(parseFaults(faults)).toEqual({ok: true, faults});
  });
});
