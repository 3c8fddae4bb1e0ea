// The lines of batches count once each, whatever CloudWatch Logs does.

import {CloudWatchLogsClient} from '@aws-sdk/client-cloudwatch-logs';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {ActivityLog} from '../../cli/status/activity-log.ts';
import {AwsError} from '../../local/aws-error.ts';
import {awsDoors} from '../../local/endpoint/aws-doors.ts';
import type {AwsRequest} from '../../local/endpoint/aws-service.ts';
import {type Endpoint, listen} from '../../local/endpoint/endpoint.ts';
import {CloudWatchLogs} from '../../local/logs/cloudwatch-logs.ts';
import type {LogGroup} from '../../local/logs/log-group.ts';
import {logsService} from '../../local/logs/service.ts';
import {sdkOptions} from '../sdk-options.ts';

const minute = 60_000;
const startMs = Date.parse('2026-01-31T12:00:00Z');
let endpoint: Endpoint;
let group: LogGroup;
let nowMs: number;
let log: ActivityLog;
/** How many calls succeed before the others fail. */
let succeed: number;
/** What happens while CloudWatch answers. */
let meanwhile: () => void;

beforeEach(async () => {
  const logs = new CloudWatchLogs({region: 'us-east-1', accountId: '000000000000', now: () => startMs});
  group = logs.ensureGroup('/aws/lambda/relayq-local-deliver');
  succeed = Number.POSITIVE_INFINITY;
  meanwhile = () => {};
  const service = logsService(logs);
  const call = async (request: AwsRequest) => {
    succeed -= 1;
    if (succeed < 0) throw new AwsError('ValidationException', 'no');
    meanwhile();
    return service.call(request);
  };
  endpoint = await listen(awsDoors([{...service, call}]), {port: 0});
  nowMs = startMs;
  const client = new CloudWatchLogsClient(sdkOptions(`http://127.0.0.1:${endpoint.port}`));
  log = new ActivityLog(client, [group.name], () => nowMs);
});
afterEach(() => endpoint.close());

const put = (agoMs: number, count = 1) => {
  const receivers = {accepted: {'a.example': count}};
  const message = JSON.stringify({message: 'batch', function: 'deliver', receivers});
  group.append({timestamp: nowMs - agoMs, stream: 's', message});
};
const read = () => log.read(new AbortController().signal);
const accepted = () => log.activity.summaries(nowMs).get('a.example')?.counts.accepted;

test('the past is read once, and then what is new', async () => {
  for (const agoMs of [59 * minute, 20 * minute, minute, 0, 0]) put(agoMs);
  await read();
  expect(accepted()).toBe(5);
  nowMs += 5_000;
  put(0);
  // A line may come in late.
  put(25_000);
  await read();
  await read();
  expect(accepted()).toBe(7);
});

test('what is over an hour old is no longer counted', async () => {
  put(70 * minute);
  put(50 * minute);
  await read();
  expect(accepted()).toBe(1);
  nowMs += 20 * minute;
  put(0);
  await read();
  expect(accepted()).toBe(1);
  expect(log.readMs).toEqual({since: nowMs - 60 * minute, until: nowMs});
});

test.each([0, 1, 2])(
  'a first read that fails after %i calls is begun again, and nothing counts twice',
  async calls => {
    for (const agoMs of [50 * minute, 20 * minute, minute, 0]) put(agoMs);
    succeed = calls;
    await expect(read()).rejects.toThrow('no');
    nowMs += minute;
    succeed = Number.POSITIVE_INFINITY;
    await read();
    expect(accepted()).toBe(4);
  },
);

test('a later read that fails leaves out nothing', async () => {
  put(0);
  await read();
  succeed = 0;
  nowMs += 5 * minute;
  put(4 * minute);
  await expect(read()).rejects.toThrow('no');
  expect(accepted()).toBe(1);
  expect(log.readMs?.until).toBe(nowMs - 5 * minute);
  succeed = Number.POSITIVE_INFINITY;
  await read();
  expect(accepted()).toBe(2);
});

test('a read that takes long goes back a quarter of an hour, and says so', async () => {
  for (const agoMs of [20 * minute, 14 * minute]) put(agoMs);
  const beganMs = nowMs;
  meanwhile = () => {
    nowMs += 2_000;
  };
  await read();
  expect(accepted()).toBe(1);
  expect(log.readMs?.since).toBe(beganMs - 15 * minute);
});

test.each([-5 * minute, 5 * minute])('the clock of this machine may be off by %i ms', async offMs => {
  put(minute);
  nowMs += offMs;
  await read();
  nowMs += 10_000;
  put(offMs);
  await read();
  expect(accepted()).toBe(2);
});
