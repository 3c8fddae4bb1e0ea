// `relayq trace` on logs as tests write them: of several environments, of older versions, hostile, and long ago.

import {once} from 'node:events';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import type {AwsRequest} from '../../../local/endpoint/aws-service.ts';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {CloudWatchLogs} from '../../../local/logs/cloudwatch-logs.ts';
import type {LogGroup} from '../../../local/logs/log-group.ts';
import {logsService} from '../../../local/logs/service.ts';
import {stsService} from '../../../local/sts/definition.ts';
import {credentials, RelayqUnderTest} from '../relayq-under-test.ts';

type Output = Record<string, unknown>;

let endpoint: Endpoint;
let relayq: RelayqUnderTest;
let logs: CloudWatchLogs;
let deliver: LogGroup;
let route: LogGroup;
/** Stands before CloudWatch Logs. */
let through: (request: AwsRequest, answer: () => Promise<Output>) => Promise<Output>;
let operations: string[];

beforeEach(async () => {
  const account = {region: 'us-east-1', accountId: '000000000000'};
  logs = new CloudWatchLogs(account);
  deliver = logs.ensureGroup('/aws/lambda/relayq-local-deliver');
  route = logs.ensureGroup('/aws/lambda/relayq-local-route');
  through = (_, answer) => answer();
  operations = [];
  const service = logsService(logs);
  const call = async (request: AwsRequest) => {
    operations.push(request.operation);
    return through(request, () => service.call(request));
  };
  endpoint = await listen(awsDoors([{...service, call}, stsService({account})]), {port: 0});
  relayq = await RelayqUnderTest.create(() => endpoint.port);
});
afterEach(async () => {
  await relayq.stop();
  await endpoint.close();
});

const minuteMs = 60_000;
const ago = (minutes: number) => Date.now() - minutes * minuteMs;
const timeOf = (ms: number) => `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`;
const put = (group: LogGroup, timestamp: number, fields: object, stream = 's') =>
  group.append({timestamp, stream, message: JSON.stringify({level: 'info', ...fields})});
const lane = {lane: 'example.org#1', domain: 'example.org', queue: 'example.org'};
const attempt = (id: string, more: object = {}) => ({
  message: 'attempt',
  id,
  ...lane,
  fate: 'deferred',
  nextHop: 'mx:example.org',
  code: 451,
  status: '4.7.1',
  description: 'later',
  attempt: 1,
  ...more,
});
const hidden = (delaySeconds: number) => ({
  message: 'lane hidden: its receiver is down',
  lane: lane.lane,
  delaySeconds,
});
const traced = async (...args: readonly string[]) => {
  const run = await relayq.run(['trace', ...args, '--json']);
  return {...run, told: run.stdout === '' ? undefined : JSON.parse(run.stdout)};
};

test('lines of both functions and of several environments come in the order of time', async () => {
  const startMs = ago(10);
  put(deliver, startMs + 1000, attempt('a'), 'first');
  put(route, startMs + 3000, {
    message: 'message held: its receiver is down, and has mail to be probed with',
    id: 'a',
    ...lane,
    delaySeconds: 60,
  });
  put(deliver, startMs + 2000, attempt('b'));
  put(deliver, startMs + 5000, attempt('a', {attempt: 2, fate: 'accepted', code: 250}), 'second');
  const {told, code} = await traced('a');
  expect(code).toBe(0);
  expect(told.messages).toHaveLength(1);
  expect(told.messages[0].events).toMatchObject([
    {what: 'attempt', attempt: 1},
    {what: 'held', until: timeOf(startMs + 63_000)},
    {what: 'attempt', attempt: 2, fate: 'accepted'},
  ]);
});

describe('the line of an accepted message', () => {
  const short = (id: string, connection: string) => ({
    message: 'attempt',
    id,
    ...lane,
    fate: 'accepted',
    nextHop: 'mx:example.org',
    connection,
    description: 'Ok: queued as 4F2B',
    durationMs: 70,
  });
  const facts = {
    mta: 'mx.example.org',
    from: '192.0.2.1',
    to: '198.51.100.7',
    cipher: {name: 'TLS_AES_128_GCM_SHA256', version: 'TLSv1.3'},
    verified: true,
    policy: 'mta-sts',
  };

  test('is completed by the first line of its connection, however it ended', async () => {
    const startMs = ago(300);
    put(deliver, startMs - 60_000, attempt('other', {...facts, connection: 'AbCd-_12'}));
    put(deliver, startMs - 50_000, {...short('another', 'EfGh'), ...facts, to: '198.51.100.8'});
    put(deliver, startMs, short('a', 'AbCd-_12'));
    const {told} = await traced('a');
    expect(told.messages[0].events).toEqual([
      expect.objectContaining({...facts, attempt: 1, code: 250, status: '2.0.0', connection: 'AbCd-_12'}),
    ]);
    const {stdout} = await relayq.run(['trace', 'a']);
    expect(stdout).toMatch(/attempt 1 +accepted: 250 2\.0\.0 Ok: queued as 4F2B, by mx\.example\.org/);
    expect(stdout.replace(/\s+/g, ' ')).toContain('(198.51.100.7), TLSv1.3, certificate verified');
  });

  test('is told as it is where no line says more of its connection', async () => {
    put(deliver, ago(300), short('a', 'gone'));
    const {told} = await traced('a');
    expect(told.messages[0]).toMatchObject({state: 'accepted', events: [{code: 250}]});
    expect(told.messages[0].events[0]).not.toHaveProperty('mta');
  });

  test('costs no search where it says all itself', async () => {
    put(deliver, ago(300), {...short('a', 'AbCd'), ...facts});
    await traced('a');
    const {length} = operations;
    operations = [];
    put(deliver, ago(300), {...short('b', 'none'), to: '198.51.100.7'});
    await traced('b');
    expect(operations).toHaveLength(length);
  });
});

test('what happened to its lane and its receiver meanwhile is told, the same again and again once', async () => {
  const startMs = ago(10);
  put(deliver, startMs - 1000, {message: 'receiver is slow', receiver: 'example.org', reason: 'before it'});
  put(deliver, startMs, {
    message: 'message moved: its receiver changes queues',
    id: 'a',
    ...lane,
    to: 'slow',
  });
  put(deliver, startMs + 1000, {
    message: 'receiver is down',
    receiver: 'example.org',
    reason: 'connect lost: no connection: ECONNREFUSED',
    nextProbe: timeOf(startMs + 11_000).slice(0, -1),
  });
  put(deliver, startMs + 1000, {message: 'receiver is down', receiver: 'example.net', reason: 'another'});
  for (const second of [2, 12, 32]) put(deliver, startMs + second * 1000, hidden(20));
  put(deliver, startMs + 2000, {
    message: 'lane hidden: its receiver is down',
    lane: 'example.org#2',
    delaySeconds: 9,
  });
  const {told} = await traced('a');
  expect(told.messages[0]).toMatchObject({state: 'hidden', isOver: false, next: timeOf(startMs + 52_000)});
  expect(told.messages[0].events).toMatchObject([
    {what: 'moved', to: 'slow'},
    {what: 'receiver', fate: 'down', why: expect.stringContaining('ECONNREFUSED')},
    {what: 'hidden', why: 'its receiver is down', times: 3},
  ]);
});

test('a deferred message is in its lane again when it is due, and may be hidden there', async () => {
  const startMs = ago(10);
  put(deliver, startMs, attempt('a', {nextattempt: timeOf(startMs + 60_000).slice(0, -1)}));
  put(deliver, startMs + 1000, hidden(20));
  expect((await traced('a')).told.messages[0]).toMatchObject({
    state: 'deferred',
    next: timeOf(startMs + 60_000),
  });
  put(deliver, startMs + 70_000, hidden(20));
  expect((await traced('a')).told.messages[0]).toMatchObject({
    state: 'hidden',
    next: timeOf(startMs + 90_000),
  });
});

test.each([
  ['message expired', {reason: 'maxattempts: 3 of 3 made'}, 'expired', true],
  ['message invalid', {reason: 'the message has no recipient'}, 'invalid', true],
  ['message given up: functions die of it; it is in the dead-letter queue', {deaths: 3}, 'dead letter', true],
  ['message not settled; it and the rest of its group will be redelivered', {error: 'x'}, 'failed', false],
  ['something that a later version says', {}, 'unknown', false],
])('%s', async (message, more, state, isOver) => {
  put(deliver, ago(1), {message, id: 'a', ...more});
  const {told} = await traced('a');
  expect(told.messages).toMatchObject([{id: 'a', state, isOver}]);
});

test('lines of older versions are found by the ID, and a recipient only by lines that name it', async () => {
  put(deliver, ago(2), attempt('old'));
  put(deliver, ago(1), attempt('new', {recipient: 'jo@example.org'}));
  expect((await traced('old')).told.messages).toMatchObject([{id: 'old', domain: 'example.org'}]);
  expect((await traced('Jo@Example.org')).told.messages).toMatchObject([{id: 'new'}]);
});

test('no text of others controls the terminal', async () => {
  const hostile = '\u001b[2J\u202e\r\nno';
  put(
    deliver,
    ago(1),
    attempt('a', {
      description: hostile,
      mta: hostile,
      nextHop: hostile,
      recipient: hostile,
      passed: [hostile],
    }),
  );
  const {stdout, stderr} = await relayq.run(['trace', 'a']);
  const isControl = (character: string) => character < ' ' && character !== '\n';
  expect(stdout).toContain('[2J');
  expect([...stdout, ...stderr].filter(each => isControl(each) || each === '\u202e')).toEqual([]);
});

test('the log is read backwards only as far as the arrival of the message', async () => {
  const arrived = timeOf(ago(40)).slice(0, -1);
  put(route, ago(30), {
    message: 'message held: its queue is over its rate',
    id: 'a',
    ...lane,
    delaySeconds: 9,
  });
  put(deliver, ago(1), attempt('a', {arrived}));
  const {told} = await traced('a');
  expect(told.messages[0].events.map(({what}: {what: string}) => what)).toEqual([
    'arrived',
    'held',
    'attempt',
  ]);
  const sinceMs = Date.parse(told.searchedSince);
  expect(sinceMs).toBeLessThan(ago(59));
  expect(sinceMs).toBeGreaterThan(ago(90));
  expect(operations).not.toContain('StartQuery');
});

/** As where the log is so large that its pages never end. */
const endless: typeof through = async ({operation}, answer) =>
  operation === 'FilterLogEvents' ? {events: [], nextToken: 'more'} : answer();

test('a log that is too large is searched by Logs Insights, whose price is told first', async () => {
  put(deliver, ago(3 * 1440), attempt('a', {recipient: 'jo@example.org'}));
  put(deliver, ago(9 * 1440), attempt('a', {recipient: 'jo@example.org'}));
  through = endless;
  const {told, code, stderr} = await traced('jo@example.org', '--since', '7d');
  expect(operations.filter(each => each === 'FilterLogEvents').length).toBeLessThanOrEqual(90);
  expect(stderr).toMatch(
    /^the log from .* is left: search 0\.0 MB of logs by Logs Insights, for less than 0\.01 USD\n$/,
  );
  expect(told.messages).toMatchObject([{id: 'a', events: [{what: 'attempt', attempt: 1}]}]);
  expect(operations.indexOf('DescribeLogGroups')).toBeLessThan(operations.indexOf('StartQuery'));
  expect(code).toBe(0);
});

describe('outside the local stage', () => {
  const ofDev = (...more: readonly string[]) => {
    const group = logs.ensureGroup('/aws/lambda/relayq-dev-deliver');
    logs.ensureGroup('/aws/lambda/relayq-dev-route');
    put(group, ago(2 * 1440), attempt('a'));
    through = endless;
    const args = ['trace', 'a', '--stage', 'dev', '--endpoint-url', endpoint.url, '--since', '7d', ...more];
    return relayq.run(args, {environment: credentials});
  };

  test('--yes allows the price', async () => {
    const {code, stdout} = await ofDev('--yes');
    expect(code).toBe(0);
    expect(stdout).toContain('451 4.7.1 later');
  });

  test('nothing is paid for without a yes, and what is known is shown', async () => {
    const {code, stderr} = await ofDev();
    expect(stderr).toMatch(
      /search 0\.0 MB of logs .* in stage dev of account 000000000000 in eu-west-1: say so with --yes/,
    );
    expect(operations).not.toContain('StartQuery');
    expect(code).toBe(1);
  });
});

test('without --since nothing is paid for, and what was not read is told', async () => {
  through = endless;
  const {told, code, stderr} = await traced('a');
  expect(told.messages).toEqual([]);
  expect(code).toBe(1);
  expect(stderr).toContain('as far as it could be read for nothing');
  expect(operations).not.toContain('StartQuery');
});

test('a query that is interrupted is stopped, as it would be billed on', async () => {
  through = async (request, answer) =>
    request.operation === 'GetQueryResults' ? {status: 'Running', results: []} : endless(request, answer);
  const child = relayq.start(['trace', 'a', '--since', '7d']);
  await expect.poll(() => operations).toContain('GetQueryResults');
  child.kill('SIGINT');
  expect(await once(child, 'exit')).toEqual([130, null]);
  expect(operations).toContain('StopQuery');
});

test('where nothing is found there are hints', async () => {
  const {code, stderr, told} = await traced('nobody@example.org');
  expect({code, messages: told.messages}).toEqual({code: 1, messages: []});
  expect(stderr).toMatch(/^relayq: the log of stage local has nothing of it since/);
  expect(stderr).toContain('trace by the ID');
});

test.each([
  [['trace']],
  [['trace', 'a b']],
  [['trace', 'a*']],
  [['trace', 'a', '--since', 'soon']],
  [['trace', '@x']],
])('%j is refused', async args => {
  expect((await relayq.run(args)).code).toBe(2);
});

test('a stage without logs is said to be none', async () => {
  const args = ['trace', 'a', '--stage', 'dev', '--endpoint-url', endpoint.url];
  expect(await relayq.run(args, {environment: credentials})).toMatchObject({
    code: 1,
    stderr: 'relayq: there are no logs of the functions: is stage dev deployed there?\n',
  });
});
