// Many environments that read their settings at the same time from a Parameter Store that takes 40 calls a second, as AWS's
// does: with the functions' own client.

import {afterEach, describe, expect, test} from 'vitest';
import {AwsError} from '../../../local/aws-error.ts';
import {Throughput} from '../../../local/ssm/throughput.ts';
import {ParameterStore} from './parameter-store-under-test.ts';

let store: ParameterStore;
afterEach(() => store.stop());

/** Parameters on two pages. */
function fill(): void {
  for (let n = 0; n < 11; n += 1) store.put(`capacity/d${n}.example`, '{"connections": 3}');
  store.putSecret('smarthost', 'smtp://user:hunter2@smtp.example.net:587');
  // They were written long before, so that a reading need not be compared with another one.
  store.nowMs += 3_600_000;
}

const minute = 60_000;

test('a hundred environments that start at once all get their settings', async () => {
  store = await ParameterStore.start({throughput: new Throughput()});
  fill();
  const sources = Array.from({length: 100}, () => store.source());
  const read = await Promise.allSettled(sources.map(source => source.current()));
  expect(read.filter(({status}) => status === 'rejected')).toEqual([]);
  expect(store.lines).toEqual([]);
  expect(store.calls).toBe(200);
  // They were too many for it.
  expect(store.refused).toBeGreaterThan(0);
});

test('an environment that has settings goes on with them after three calls that were refused, and asks again soon', async () => {
  store = await ParameterStore.start();
  fill();
  const source = store.source();
  const {smarthost} = await source.current();
  store.spent();
  let isFull = true;
  store.before = () => {
    if (isFull) throw new AwsError('ThrottlingException', 'Rate exceeded');
  };
  store.nowMs += minute;
  expect((await source.current()).smarthost).toEqual(smarthost);
  expect(store.refused).toBe(3);
  // It does not ask again at once, but before its minute is over.
  await source.current();
  expect(store.refused).toBe(3);
  isFull = false;
  store.nowMs += minute / 4;
  await source.current();
  expect(store.calls).toBe(2);
  expect(store.lines.map(({message}) => message)).toEqual([
    'settings have problems; the last good values stay in force',
    'settings are good again',
  ]);
});

describe('a Parameter Store that does not answer', () => {
  /** Calls that hang until the test is over. */
  const hang = () => {
    let hanging = 0;
    const {promise, resolve} = Promise.withResolvers<void>();
    store.before = () => {
      hanging += 1;
      return promise;
    };
    return {count: () => hanging, end: resolve};
  };

  test('fails an environment that has nothing after three calls', async () => {
    store = await ParameterStore.start();
    const calls = hang();
    await expect(store.source().current()).rejects.toThrow('no usable settings yet');
    expect(calls.count()).toBe(3);
    calls.end();
  });

  test('does not keep one that has settings for so long', async () => {
    store = await ParameterStore.start();
    fill();
    const source = store.source();
    await source.current();
    const calls = hang();
    store.nowMs += minute;
    expect((await source.current()).smarthost?.hosts).toEqual(['smtp.example.net']);
    expect(calls.count()).toBeLessThan(3);
    expect(store.lines.at(-1)).toMatchObject({
      problems: ['SSM cannot be read: Error: no answer within 3000 ms'],
    });
    calls.end();
  });
});
