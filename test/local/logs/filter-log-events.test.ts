import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import type {LogGroup} from '../../../local/logs/log-group.ts';
import {type LogsUnderTest, messagesOf, startLogs} from './logs-under-test.ts';

let under: LogsUnderTest;
let group: LogGroup;
const logGroupName = '/aws/lambda/tested';
const [one, two] = ['2026/01/01/[$LATEST]aa', '2026/01/01/[$LATEST]bb'];

beforeAll(async () => {
  under = await startLogs();
  group = under.logs.ensureGroup(logGroupName);
  group.append({timestamp: 1000, message: '{"level":"info","n":1}', stream: one});
  group.append({timestamp: 1000, message: '{"level":"error","n":2}', stream: two});
  group.append({timestamp: 2000, message: 'START of three', stream: one});
  group.append({timestamp: 3000, message: '{"level":"error","n":4}', stream: one});
});
afterAll(() => under.stop());

const found = async (input: object) => {
  const answer = await under.filter({logGroupName, ...input});
  return answer.__type ?? answer.events.map(({timestamp, logStreamName}) => [timestamp, logStreamName]);
};

describe('the events of a group', () => {
  it('of all streams come in the order of their times', async () => {
    const {events, ...rest} = await under.filter({logGroupName, interleaved: true});
    expect(events.slice(1, 3)).toEqual([
      {
        logStreamName: two,
        timestamp: 1000,
        ingestionTime: 1000,
        message: '{"level":"error","n":2}',
        eventId: expect.stringMatching(/^\d{56}$/),
      },
      expect.objectContaining({logStreamName: one, timestamp: 2000}),
    ]);
    expect(rest).toEqual({searchedLogStreams: []});
    const ids = events.map(({eventId}) => eventId);
    expect(new Set(ids).size).toBe(4);
    expect([...ids].sort()).toEqual(ids);
  });

  it.each([
    [
      'from a time on',
      {startTime: 2000},
      [
        [2000, one],
        [3000, one],
      ],
    ],
    [
      'to a time, included',
      {endTime: 2000},
      [
        [1000, one],
        [1000, two],
        [2000, one],
      ],
    ],
    ['in no time at all', {startTime: 2001, endTime: 2999}, []],
    ['of one stream', {logStreamNames: [two]}, [[1000, two]]],
    ['of streams by prefix', {logStreamNamePrefix: '2026/01/01/[$LATEST]b'}, [[1000, two]]],
    ['of no stream', {logStreamNamePrefix: '2027'}, []],
    ['with a term', {filterPattern: 'START'}, [[2000, one]]],
    [
      'with a condition',
      {filterPattern: '{ $.level = error }'},
      [
        [1000, two],
        [3000, one],
      ],
    ],
    [
      'with all of these',
      {filterPattern: '{ $.level = error }', startTime: 1001, logStreamNames: [one]},
      [[3000, one]],
    ],
  ])('can be asked for %s', async (_, input, expected) => {
    expect(await found(input)).toEqual(expected);
  });

  it('can be asked for by the group’s ARN', async () => {
    const logGroupIdentifier = `arn:aws:logs:us-east-1:000000000000:log-group:${logGroupName}`;
    expect((await under.filter({logGroupIdentifier})).events).toHaveLength(4);
    expect((await under.filter({logGroupIdentifier: logGroupName})).events).toHaveLength(4);
  });
});

describe('pages', () => {
  const pagesOf = async (input: object): Promise<string[][]> => {
    const pages: string[][] = [];
    for (let nextToken: string | undefined; ; ) {
      const answer = await under.filter({...input, nextToken});
      expect(answer.__type).toBeUndefined();
      pages.push(messagesOf(answer));
      nextToken = answer.nextToken;
      if (nextToken === undefined) return pages;
    }
  };

  it('have each event once, whatever their limit', async () => {
    const pages = await pagesOf({logGroupName, limit: 1});
    expect(pages.flat()).toEqual(group.events.map(({message}) => message));
    expect(pages.every(page => page.length === 1)).toBe(true);
  });

  it('hold 1 MB', async () => {
    const large = under.logs.ensureGroup('large');
    const message = 'x'.repeat(262_118);
    for (let n = 0; n < 9; n++) large.append({timestamp: 1, message, stream: 's'});
    const pages = await pagesOf({logGroupName: 'large'});
    expect(pages.map(page => page.length)).toEqual([4, 4, 1]);
  });

  it('hold 10,000 events and look at 10,000 events, so that one may be empty with more to come', async () => {
    const many = under.logs.ensureGroup('many');
    for (let n = 0; n < 25_000; n++) many.append({timestamp: n, message: `m${n}`, stream: 's'});
    const pages = await pagesOf({logGroupName: 'many'});
    expect(pages.map(page => page.length)).toEqual([10_000, 10_000, 5000]);
    expect(await pagesOf({logGroupName: 'many', filterPattern: 'm24999'})).toEqual([[], [], ['m24999']]);
    // From another time on, the pages are different.
    expect((await pagesOf({logGroupName: 'many', startTime: 20_000})).map(page => page.length)).toEqual([
      5000,
    ]);
  });

  it('continue where they were while more is printed, and need the same request', async () => {
    const busy = under.logs.ensureGroup('busy');
    const print = (message: string) => busy.append({timestamp: 1, message, stream: 's'});
    for (const message of ['a', 'b', 'c']) print(message);
    const first = await under.filter({logGroupName: 'busy', limit: 2});
    print('d');
    const second = await under.filter({logGroupName: 'busy', nextToken: first.nextToken});
    expect([messagesOf(first), messagesOf(second)]).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    for (const other of [{filterPattern: 'a'}, {startTime: 1}, {nextToken: 'nonsense'}]) {
      const input = {logGroupName: 'busy', nextToken: first.nextToken, ...other};
      expect(await under.errorOf('FilterLogEvents', input)).toBe(
        'InvalidParameterException: The specified nextToken is invalid.',
      );
    }
  });
});

describe('an error', () => {
  const validation = (member: string, value: string, constraint: string) =>
    `InvalidParameterException: 1 validation error detected: Value ${value} at '${member}' failed to satisfy constraint: ${constraint}`;

  it.each([
    [
      'an unknown group',
      {logGroupName: 'unknown'},
      'ResourceNotFoundException: The specified log group does not exist.',
    ],
    [
      'an unknown stream',
      {logStreamNames: [one, 'unknown']},
      'ResourceNotFoundException: The specified log stream does not exist.',
    ],
    ['no group', {logGroupName: null}, validation('logGroupName', 'null', 'Member must not be null')],
    [
      'a group by two names',
      {logGroupIdentifier: logGroupName},
      expect.stringMatching(/^InvalidParameterException: .*mutually exclusive/),
    ],
    [
      'streams by name and prefix',
      {logStreamNames: [one], logStreamNamePrefix: '2026'},
      expect.stringMatching(/^InvalidParameterException: .*mutually exclusive/),
    ],
    [
      'a name that cannot be',
      {logGroupName: 'a:b'},
      validation(
        'logGroupName',
        "'a:b'",
        'Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+',
      ),
    ],
    ['no limit', {limit: 0}, validation('limit', "'0'", 'Member must have value greater than or equal to 1')],
    [
      'too high a limit',
      {limit: 10_001},
      validation('limit', "'10001'", 'Member must have value less than or equal to 10000'),
    ],
    [
      'a time before all others',
      {startTime: -1},
      validation('startTime', "'-1'", 'Member must have value greater than or equal to 0'),
    ],
    [
      'no streams',
      {logStreamNames: []},
      validation('logStreamNames', "'[]'", 'Member must have length greater than or equal to 1'),
    ],
    [
      'a pattern that is none',
      {filterPattern: 'a:b'},
      "InvalidParameterException: Invalid character(s) in term ':'",
    ],
    [
      'a pattern that is too long',
      {filterPattern: 'x'.repeat(1025)},
      expect.stringMatching(/less than or equal to 1024$/),
    ],
    ['another type', {limit: '1'}, 'SerializationException: STRING_VALUE can not be converted to an Integer'],
  ])('names the problem: %s', async (_, input, error) => {
    expect(await under.errorOf('FilterLogEvents', {logGroupName, ...input})).toEqual(error);
  });

  it('names the problem: an operation that is not here', async () => {
    expect(await under.errorOf('PutLogEvents', {})).toBe(
      'UnknownOperationException: The local CloudWatch Logs has no operation PutLogEvents.',
    );
  });
});

describe('a group of 100,000 events', () => {
  const name = 'large';
  let large: LogGroup;
  const pattern = '{ $.n = 5 }';
  beforeAll(() => {
    large = under.logs.ensureGroup(name, {capacityOctets: 100_000_000});
    for (let n = 0; n < 100_000; n++)
      large.append({timestamp: 1000 + n, message: `{"n":${n % 10},"at":${n}}`, stream: one});
  });

  /** The pages of a request: how many events each has, and the last of them. */
  async function pagesOf(input: object, between: () => void = () => {}) {
    const pages: {events: number; last: string | undefined}[] = [];
    for (let nextToken: string | undefined; ; ) {
      const answer = await under.filter({logGroupName: name, nextToken, ...input});
      pages.push({events: answer.events.length, last: messagesOf(answer).at(-1)});
      ({nextToken} = answer);
      if (nextToken === undefined) return pages;
      between();
    }
  }

  it('is not looked through before the time from which on events are sought', async () => {
    // One request looks at no more than 10,000 events: with these before it, it would come to none of the last ones.
    const late = {startTime: 1000 + 99_990, filterPattern: pattern};
    expect(await pagesOf(late)).toEqual([{events: 1, last: '{"n":5,"at":99995}'}]);
    expect(await pagesOf({startTime: 1000, endTime: 1004, filterPattern: pattern})).toHaveLength(1);
  });

  it('comes in pages without a gap, while new events arrive', async () => {
    let more = 0;
    const pages = await pagesOf({startTime: 1000 + 50_000, filterPattern: pattern}, () => {
      if (more < 20) large.append({timestamp: 200_000, message: `{"n":5,"more":${more++}}`, stream: two});
    });
    expect(pages.reduce((sum, {events}) => sum + events, 0)).toBe(5000 + more);
    expect(more).toBeGreaterThan(3);
    expect(pages.at(-1)?.last).toBe(`{"n":5,"more":${more - 1}}`);
  });

  it('goes on behind what has gone meanwhile', async () => {
    const small = under.logs.ensureGroup('small', {capacityOctets: 10_000});
    const append = (n: number) =>
      small.append({timestamp: n, message: `${n} ${'x'.repeat(100)}`, stream: one});
    for (let n = 0; n < 30; n++) append(n);
    const {nextToken} = await under.filter({logGroupName: 'small', limit: 1});
    for (let n = 30; n < 200; n++) append(n);
    const {events} = await under.filter({logGroupName: 'small', limit: 1, nextToken});
    expect(events[0]?.message).toBe(small.events[0]?.message);
  });
});
