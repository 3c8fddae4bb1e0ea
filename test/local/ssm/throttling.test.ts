// How many calls Parameter Store takes a second, with the real SDK and a clock that the test sets.

import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParametersByPathCommand,
  GetParametersCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import type {AwsService} from '../../../local/endpoint/aws-service.ts';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {ssmService} from '../../../local/ssm/service.ts';
import {Ssm} from '../../../local/ssm/ssm.ts';
import {Throughput} from '../../../local/ssm/throughput.ts';
import {sdkOptions} from '../../sdk-options.ts';

let nowMs: number;
/** Calls that were one too many. */
let refused: number;
let endpoint: Endpoint;
let client: SSMClient;
beforeEach(async () => {
  nowMs = 1_700_000_000_000;
  const ssm = new Ssm({region: 'us-east-1', accountId: '000000000000'});
  ssm.put('/app/name', 'value');
  refused = 0;
  const service = ssmService(ssm, new Throughput({now: () => nowMs}));
  const counting: AwsService = {
    ...service,
    call: request =>
      service.call(request).catch(error => {
        if (error.code === 'ThrottlingException') refused += 1;
        throw error;
      }),
  };
  endpoint = await listen(awsDoors([counting]), {port: 0});
  client = clientOf({maxAttempts: 1});
});
afterEach(async () => {
  client.destroy();
  await endpoint.close();
});

const clientOf = ({maxAttempts}: {readonly maxAttempts: number}) =>
  new SSMClient({...sdkOptions(endpoint.url), maxAttempts});

const get = () => client.send(new GetParameterCommand({Name: '/app/name'}));
const getSome = () => client.send(new GetParametersCommand({Names: ['/app/name']}));
const byPath = () => client.send(new GetParametersByPathCommand({Path: '/app'}));
const put = () => client.send(new PutParameterCommand({Name: '/app/name', Value: 'v', Overwrite: true}));
const describeAll = () => client.send(new DescribeParametersCommand({}));
const deleteMissing = () => client.send(new DeleteParameterCommand({Name: '/app/missing'}));

/** How many of a number of calls in a row are taken. */
async function takenOf(count: number, call: () => Promise<unknown>): Promise<number> {
  let taken = 0;
  for (let n = 0; n < count; n++) {
    const error: Error | undefined = await call().then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    if (error?.name !== 'ThrottlingException') taken += 1;
  }
  return taken;
}

describe('reading parameters', () => {
  it('is refused after 40 calls in a second, in AWS’s words', async () => {
    expect(await takenOf(41, get)).toBe(40);
    await expect(get()).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Rate exceeded',
      $metadata: {httpStatusCode: 400},
    });
  });

  it('shares its 40 calls between GetParameter, GetParameters and GetParametersByPath', async () => {
    expect(await takenOf(15, get)).toBe(15);
    expect(await takenOf(15, getSome)).toBe(15);
    expect(await takenOf(15, byPath)).toBe(10);
    expect(await takenOf(1, get)).toBe(0);
  });

  it('then takes 40 calls a second, and saves up calls for at most one second', async () => {
    await takenOf(40, get);
    nowMs += 24;
    expect(await takenOf(1, get)).toBe(0);
    nowMs += 1;
    expect(await takenOf(2, get)).toBe(1);
    nowMs += 500;
    expect(await takenOf(30, get)).toBe(20);
    nowMs += 3_600_000;
    expect(await takenOf(60, get)).toBe(40);
  });

  it('goes on when the clock is set back', async () => {
    await takenOf(40, get);
    nowMs -= 60_000;
    expect(await takenOf(1, get)).toBe(0);
    nowMs += 100;
    expect(await takenOf(10, get)).toBe(4);
  });
});

describe('changing and listing parameters', () => {
  it.each([
    ['PutParameter', put],
    ['DescribeParameters', describeAll],
    ['DeleteParameter, also when there is nothing to delete,', deleteMissing],
  ])('%s is taken 3 times a second after a burst of 20', async (_, call) => {
    expect(await takenOf(25, call)).toBe(20);
    nowMs += 1000;
    expect(await takenOf(5, call)).toBe(3);
  });

  it('has limits of its own: neither reading nor another operation counts', async () => {
    await takenOf(41, get);
    expect(await takenOf(20, put)).toBe(20);
    expect(await takenOf(20, describeAll)).toBe(20);
  });
});

it('a client that tries again gets through once there is room', async () => {
  await takenOf(40, get);
  const patient = clientOf({maxAttempts: 3});
  const answer = patient.send(new GetParameterCommand({Name: '/app/name'}));
  await expect.poll(() => refused, {interval: 5}).toBe(1);
  nowMs += 1000;
  expect((await answer).Parameter?.Value).toBe('value');
  patient.destroy();
});
