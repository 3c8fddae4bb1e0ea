import {once} from 'node:events';
import {createInterface} from 'node:readline';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {AwsError} from '../../../local/aws-error.ts';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import type {AwsRequest} from '../../../local/endpoint/aws-service.ts';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {CloudWatchLogs} from '../../../local/logs/cloudwatch-logs.ts';
import type {LogGroup} from '../../../local/logs/log-group.ts';
import {logsService} from '../../../local/logs/service.ts';
import {RelayqUnderTest} from '../relayq-under-test.ts';

type Output = Record<string, unknown>;

let endpoint: Endpoint;
let relayq: RelayqUnderTest;
let deliver: LogGroup;
let route: LogGroup;
/** Stands before CloudWatch Logs. */
let through: (request: AwsRequest, answer: () => Promise<Output>) => Promise<Output>;
let reads: number;

beforeEach(async () => {
  const logs = new CloudWatchLogs({region: 'us-east-1', accountId: '000000000000', now: () => at});
  deliver = logs.ensureGroup('/aws/lambda/relayq-local-deliver');
  route = logs.ensureGroup('/aws/lambda/relayq-local-route');
  through = (_, answer) => answer();
  reads = 0;
  const service = logsService(logs);
  const call = async (request: AwsRequest) => {
    const output = await through(request, () => service.call(request));
    reads += 1;
    return output;
  };
  endpoint = await listen(awsDoors([{...service, call}]), {port: 0});
  relayq = await RelayqUnderTest.create(() => endpoint.port);
});
afterEach(async () => {
  await relayq.stop();
  await endpoint.close();
});

const at = Date.parse('2026-01-31T12:34:56Z');
const put = (group: LogGroup, fields: object | string, timestamp = Date.now()) =>
  group.append({
    timestamp,
    stream: 's',
    message: typeof fields === 'string' ? fields : JSON.stringify({level: 'info', ...fields}),
  });
const attempt = (id: string, more: object = {}) => ({
  message: 'attempt',
  id,
  domain: 'example.org',
  fate: 'deferred',
  nextHop: 'mx.example.org',
  code: 451,
  status: '4.7.1',
  description: 'later',
  attempt: 2,
  ...more,
});

function follow(...args: string[]) {
  const child = relayq.start(['tail', ...args]);
  const lines: string[] = [];
  const complaints: string[] = [];
  createInterface({input: child.stdout}).on('line', line => lines.push(line));
  createInterface({input: child.stderr}).on('line', line => complaints.push(line));
  return {child, lines, complaints};
}
const ids = (lines: readonly string[]) => lines.map(line => JSON.parse(line).id);
/** Until both groups have been read again from the beginning to the end. */
const readTwice = async () => {
  const before = reads;
  await expect.poll(() => reads).toBeGreaterThanOrEqual(before + 4);
};

describe('relayq tail', () => {
  it('shows what was logged, what is logged, and nothing twice', async () => {
    const now = Date.now();
    put(deliver, attempt('old'), now - 3_600_000);
    // Several in one millisecond.
    for (const id of ['a', 'b', 'c']) put(deliver, attempt(id), now - 60_000);
    const {lines} = follow('--since', '5m', '--json');
    await expect.poll(() => lines.length).toBe(3);
    const time = Date.now();
    for (const id of ['d', 'e']) put(deliver, attempt(id), time);
    put(route, attempt('f'), time);
    await expect.poll(() => lines.length).toBe(6);
    put(deliver, attempt('g'), time);
    await expect.poll(() => lines.length).toBe(7);
    await readTwice();
    expect(ids(lines).toSorted()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  });

  it('shows what comes in late, behind what is newer', async () => {
    let isLate = true;
    through = async (_, answer) => {
      const {events, ...rest} = (await answer()) as {events: {message: string}[]};
      return {...rest, events: events.filter(({message}) => !isLate || !message.includes('"late"'))};
    };
    const time = Date.now();
    put(deliver, attempt('late'), time);
    put(deliver, attempt('newer'), time + 1);
    const {lines} = follow('--since', '1m', '--json');
    await expect.poll(() => lines.length).toBe(1);
    await readTwice();
    isLate = false;
    await expect.poll(() => ids(lines)).toEqual(['newer', 'late']);
  });

  it('goes on through all pages, and through a read that breaks off between them', async () => {
    let throttles = 2;
    through = async ({input}, answer) => {
      if (input.nextToken !== undefined && throttles-- > 0)
        throw new AwsError('ThrottlingException', 'Rate exceeded');
      return answer();
    };
    const time = Date.now();
    for (let n = 0; n < 12_000; n++) put(deliver, attempt(`m${n}`), time + Math.floor(n / 10));
    const {lines} = follow('--since', '1m', '--json');
    await expect.poll(() => lines.length).toBe(12_000);
    await readTwice();
    expect(new Set(ids(lines)).size).toBe(12_000);
    expect(lines.length).toBe(12_000);
  });

  it('has CloudWatch select: by domain, id and fate', async () => {
    put(deliver, attempt('a'));
    put(deliver, attempt('b', {fate: 'accepted'}));
    put(deliver, attempt('c', {domain: 'example.net'}));
    put(route, {message: 'message expired', id: 'd', domain: 'example.org'});
    const patterns: unknown[] = [];
    through = ({input}, answer) => {
      patterns.push(input.filterPattern);
      return answer();
    };
    const shown = async (...args: string[]) => {
      const {lines, child} = follow('--since', '1m', '--json', ...args);
      await readTwice();
      await expect.poll(() => lines.length).toBeGreaterThan(0);
      child.kill('SIGINT');
      await once(child, 'exit');
      return ids(lines);
    };
    expect(await shown('--domain', 'Example.NET')).toEqual(['c']);
    expect(await shown('--domain', 'example.org', '--fate', 'deferred')).toEqual(['a']);
    expect(await shown('--fate', 'expired')).toEqual(['d']);
    expect(await shown('--id', 'b*')).toEqual(['b']);
    expect(patterns).toContain(
      '{ $.domain = "example.org" && ($.fate = "deferred" || $.message = "message deferred") }',
    );
  });

  it('says so when it is throttled, and goes on', async () => {
    let isThrottled = false;
    through = (_, answer) => {
      if (isThrottled) throw new AwsError('ThrottlingException', 'Rate exceeded');
      return answer();
    };
    const {lines, complaints} = follow('--json');
    await readTwice();
    isThrottled = true;
    await expect
      .poll(() => complaints)
      .toEqual([expect.stringMatching(/^relayq: logs are throttled, last read \d+ s ago$/)]);
    put(deliver, attempt('a'));
    isThrottled = false;
    await expect.poll(() => ids(lines)).toEqual(['a']);
  });

  it('shows an attempt in one line: when, what, where, why and whose', async () => {
    put(deliver, attempt('8ee6'), at);
    put(deliver, 'START RequestId: x', at + 1);
    put(deliver, {message: 'batch', function: 'deliver', receivers: {}}, at + 1);
    put(
      deliver,
      {level: 'error', message: 'settings have problems', problems: ['x is unknown'], id: 'i'},
      at + 2,
    );
    put(deliver, attempt('9ff7', {fate: 'bounced', description: '\u001b[2J no\u202e such'}), at + 3);
    put(deliver, 'plain\nwords\n', at + 4);
    const {lines} = follow('--since', '9999d');
    await expect.poll(() => lines.length).toBe(4);
    expect(lines).toEqual([
      '2026-01-31 12:34:56Z  deferred  example.org  451 4.7.1 later  (mx.example.org)  attempt 2  8ee6',
      '2026-01-31 12:34:56Z  error     settings have problems  problems=["x is unknown"]  i',
      '2026-01-31 12:34:56Z  bounced   example.org  451 4.7.1  [2J no  such  (mx.example.org)  attempt 2  9ff7',
      '2026-01-31 12:34:56Z  plain words',
    ]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('ends quietly at %s', async signal => {
    const {child, complaints} = follow();
    await readTwice();
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(complaints).toEqual([]);
  });

  it('ends quietly when nobody reads it any more', async () => {
    const {child, lines, complaints} = follow('--json', '--since', '1m');
    put(deliver, attempt('a'));
    await expect.poll(() => lines.length).toBe(1);
    child.stdout.destroy();
    const exit = once(child, 'exit');
    put(deliver, attempt('b'));
    expect(await exit).toEqual([0, null]);
    expect(complaints).toEqual([]);
  });

  it('says so when the stage is not there', async () => {
    const environment = {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 's', AWS_REGION: 'eu-west-1'};
    const run = await relayq.run(['tail', '--stage', 'dev', '--endpoint-url', endpoint.url], {environment});
    expect(run).toEqual({
      code: 1,
      stdout: '',
      stderr: 'relayq: there are no logs of the functions: is stage dev deployed there?\n',
    });
  });

  it.each([
    ['--fate', 'lost'],
    ['--domain', 'a b'],
    ['--id', 'ü'],
    ['--since', 'yesterday'],
  ])('refuses %s %s', async (...args) => {
    expect((await relayq.run(['tail', ...args])).code).toBe(2);
  });
});
