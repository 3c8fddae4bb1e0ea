import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {type LogsUnderTest, messagesOf, startLogs} from './logs-under-test.ts';

let under: LogsUnderTest;
beforeAll(async () => {
  under = await startLogs();
});
afterAll(() => under.stop());

const arn = 'arn:aws:logs:us-east-1:000000000000:log-group';

describe('log groups', () => {
  beforeAll(() => {
    under.logs.ensureGroup('/aws/lambda/b', {creationTime: 5, retentionInDays: 30});
    under.logs.ensureGroup('/aws/lambda/a', {creationTime: 6});
    under.logs.ensureGroup('/other').append({timestamp: 1, message: 'é', stream: 's'});
  });
  const namesOf = async (input: object) =>
    (await under.ask('DescribeLogGroups', input)).logGroups.map(({logGroupName}) => logGroupName);

  it('are described in the order of their names', async () => {
    const {logGroups} = await under.ask('DescribeLogGroups', {});
    const of = (name: string) => ({
      logGroupName: name,
      arn: `${arn}:${name}:*`,
      logGroupArn: `${arn}:${name}`,
      metricFilterCount: 0,
      logGroupClass: 'STANDARD',
    });
    expect(logGroups).toEqual([
      {...of('/aws/lambda/a'), creationTime: 6, storedBytes: 0},
      {...of('/aws/lambda/b'), creationTime: 5, storedBytes: 0, retentionInDays: 30},
      {...of('/other'), creationTime: expect.any(Number), storedBytes: 28},
    ]);
  });

  it('are found by a prefix or by a part of their names, not by both', async () => {
    expect(await namesOf({logGroupNamePrefix: '/aws/lambda/'})).toEqual(['/aws/lambda/a', '/aws/lambda/b']);
    expect(await namesOf({logGroupNamePattern: 'the'})).toEqual(['/other']);
    expect(await namesOf({logGroupNamePattern: 'THE'})).toEqual([]);
    const both = {logGroupNamePrefix: '/', logGroupNamePattern: 'a'};
    expect(await under.errorOf('DescribeLogGroups', both)).toMatch(/^InvalidParameterException/);
  });

  it('come in pages of at most 50', async () => {
    const first = await under.ask('DescribeLogGroups', {limit: 2});
    expect(await namesOf({limit: 2, nextToken: first.nextToken})).toEqual(['/other']);
    expect(await under.errorOf('DescribeLogGroups', {limit: 51})).toMatch(/less than or equal to 50$/);
    expect(await under.errorOf('DescribeLogGroups', {nextToken: 'nonsense'})).toMatch(/nextToken is invalid/);
  });
});

describe('log streams', () => {
  const logGroupName = 'streams';
  beforeAll(() => {
    const group = under.logs.ensureGroup(logGroupName);
    for (const [timestamp, stream] of [
      [1, 'c'],
      [2, 'a'],
      [3, 'b'],
      [4, 'c'],
    ] as const)
      group.append({timestamp, message: 'm', stream});
  });
  const describeStreams = (input: object) => under.ask('DescribeLogStreams', {logGroupName, ...input});
  const namesOf = async (input: object) =>
    (await describeStreams(input)).logStreams.map(({logStreamName}) => logStreamName).join('');

  it('are described with the times of their events', async () => {
    expect((await describeStreams({logStreamNamePrefix: 'c'})).logStreams).toEqual([
      {
        logStreamName: 'c',
        creationTime: 1,
        firstEventTimestamp: 1,
        lastEventTimestamp: 4,
        lastIngestionTime: 4,
        arn: `${arn}:streams:log-stream:c`,
        storedBytes: 0,
      },
    ]);
  });

  it.each([
    [{}, 'abc'],
    [{descending: true}, 'cba'],
    [{orderBy: 'LastEventTime'}, 'abc'],
    [{orderBy: 'LastEventTime', descending: true}, 'cba'],
  ])('are ordered by name or time: %j', async (input, names) => {
    expect(await namesOf(input)).toBe(names);
    const {nextToken, logStreams} = await describeStreams({...input, limit: 1});
    expect(logStreams).toHaveLength(1);
    expect(await namesOf({...input, nextToken})).toBe(names.slice(1));
  });

  it('are not found by prefix in the order of time', async () => {
    const input = {logGroupName, orderBy: 'LastEventTime', logStreamNamePrefix: 'a'};
    expect(await under.errorOf('DescribeLogStreams', input)).toBe(
      'InvalidParameterException: Cannot order by LastEventTime with a logStreamNamePrefix.',
    );
    expect(await under.errorOf('DescribeLogStreams', {logGroupName, orderBy: 'Size'})).toMatch(
      /enum value set: \[LogStreamName, LastEventTime\]$/,
    );
    expect(await under.errorOf('DescribeLogStreams', {logGroupName: 'none'})).toMatch(/^ResourceNotFound/);
  });
});

describe('the events of a stream', () => {
  const logGroupName = 'events';
  const logStreamName = 's';
  const get = (input: object) => under.get({logGroupName, logStreamName, ...input});
  beforeAll(() => {
    const group = under.logs.ensureGroup(logGroupName);
    for (let n = 1; n <= 6; n++) {
      group.append({timestamp: n, message: `m${n}`, stream: 's'});
      group.append({timestamp: n, message: 'not this one', stream: 'other'});
    }
  });

  it('are the latest ones, unless the request begins at the head', async () => {
    const latest = await get({limit: 2});
    expect(latest.events).toEqual([
      {timestamp: 5, ingestionTime: 5, message: 'm5'},
      {timestamp: 6, ingestionTime: 6, message: 'm6'},
    ]);
    expect(messagesOf(await get({limit: 2, startFromHead: true}))).toEqual(['m1', 'm2']);
    expect(messagesOf(await get({startTime: 2, endTime: 4}))).toEqual(['m2', 'm3']);
  });

  it('go back to the first one, where the token stays the same', async () => {
    const pages: string[][] = [];
    for (let nextToken: string | undefined; ; ) {
      const answer = await get({limit: 4, nextToken});
      pages.push(messagesOf(answer));
      if (answer.nextBackwardToken === nextToken) break;
      nextToken = answer.nextBackwardToken;
    }
    expect(pages).toEqual([['m3', 'm4', 'm5', 'm6'], ['m1', 'm2'], []]);
  });

  it('go forward to the last one, and on when there are more', async () => {
    const {nextForwardToken: end} = await get({});
    const nothing = await get({nextToken: end, startFromHead: true});
    expect([nothing.events, nothing.nextForwardToken]).toEqual([[], end]);
    under.logs.ensureGroup(logGroupName).append({timestamp: 7, message: 'm7', stream: 's'});
    const more = await get({nextToken: end, startFromHead: true});
    expect(messagesOf(more)).toEqual(['m7']);
    expect(messagesOf(await get({nextToken: more.nextBackwardToken, limit: 1}))).toEqual(['m6']);
  });

  it('are of a stream that exists', async () => {
    expect(await under.errorOf('GetLogEvents', {logGroupName, logStreamName: 'none'})).toBe(
      'ResourceNotFoundException: The specified log stream does not exist.',
    );
    expect(await under.errorOf('GetLogEvents', {logGroupName, logStreamName, nextToken: 'f/1'})).toBe(
      'InvalidParameterException: The specified nextToken is invalid.',
    );
  });
});
