// CloudWatch Logs Insights as the SDK asks it.

import {
  CloudWatchLogsClient,
  GetQueryResultsCommand,
  MalformedQueryException,
  StartQueryCommand,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {sdkOptions} from '../../sdk-options.ts';
import {type LogsUnderTest, startLogs} from './logs-under-test.ts';

let under: LogsUnderTest;
let client: CloudWatchLogsClient;
const start = Date.UTC(2026, 0, 1);
const range = {startTime: start / 1000, endTime: start / 1000 + 3600};

beforeAll(async () => {
  under = await startLogs();
  client = new CloudWatchLogsClient(sdkOptions(under.url));
  const append = (group: string, second: number, message: object | string) =>
    under.logs.ensureGroup(group).append({
      timestamp: start + second * 1000,
      message: typeof message === 'string' ? message : JSON.stringify(message),
      stream: `stream-${group}`,
    });
  const attempt = (fate: string, domain: string, more: object = {}) => ({
    level: fate === 'accepted' ? 'info' : 'warn',
    message: 'attempt',
    fate,
    domain,
    ...more,
  });
  append('deliver', 0, attempt('accepted', 'a.example', {durationMs: 10, code: 250, tags: ['x', 'y']}));
  append('deliver', 60, attempt('deferred', 'a.example', {durationMs: 30, code: 451}));
  append(
    'deliver',
    120,
    attempt('deferred', 'b.example', {durationMs: 20, code: '451', reply: {text: 'no'}}),
  );
  append('deliver', 400, attempt('bounced', 'b.example', {durationMs: 100, code: 550, tls: true}));
  append('deliver', 500, 'user=ann, took 7 ms');
  append('deliver', 600, 'user=bob, took nothing');
  append('route', 10, {level: 'error', message: 'message held: its queue is over its rate'});
  append('route', 4000, {level: 'error', message: 'too late for the range'});
});
afterAll(async () => {
  client.destroy();
  await under.stop();
});

async function resultsOf(queryString: string, options: object = {}) {
  const command = new StartQueryCommand({logGroupName: 'deliver', ...range, queryString, ...options});
  const {queryId} = await client.send(command);
  for (;;) {
    const answer = await client.send(new GetQueryResultsCommand({queryId}));
    if (answer.status === 'Complete') return answer;
    expect(answer.status).toMatch(/^(Scheduled|Running)$/);
  }
}

/** Each row with its values in order; `@ptr` of events is left out. */
async function rowsOf(queryString: string, options: object = {}): Promise<string[]> {
  const {results = []} = await resultsOf(queryString, options);
  return results.map(row =>
    row
      .filter(({field}) => field !== '@ptr')
      .map(({value}) => value)
      .join(' '),
  );
}

const malformed = async (queryString: string) => {
  const command = new StartQueryCommand({logGroupName: 'deliver', ...range, queryString});
  return client.send(command).then(
    () => undefined,
    (error: unknown) => error as MalformedQueryException,
  );
};

describe('a query', () => {
  it('shows time and message of the latest events first, with their pointers', async () => {
    const {results, statistics, status} = await resultsOf('limit 1');
    expect(status).toBe('Complete');
    expect(results).toEqual([
      [
        {field: '@timestamp', value: '2026-01-01 00:10:00.000'},
        {field: '@message', value: 'user=bob, took nothing'},
        {field: '@ptr', value: expect.any(String)},
      ],
    ]);
    expect(statistics).toEqual({recordsMatched: 6, recordsScanned: 6, bytesScanned: expect.any(Number)});
  });

  it.each<[string, string[]]>([
    ['fields fate | filter code = 451 | sort @timestamp', ['deferred', 'deferred']],
    ['fields fate | filter code > 250 and code < 551 | sort durationMs', ['deferred', 'deferred', 'bounced']],
    ['fields domain | filter not (fate = "deferred" or fate = "bounced") and ispresent(fate)', ['a.example']],
    ['fields fate | filter fate != "deferred" | sort fate desc', ['bounced', 'accepted']],
    ['fields code | filter fate in ["accepted", "bounced"] | sort code asc', ['250', '550']],
    ['fields code | filter fate not in ["deferred"] and durationMs >= 100', ['550']],
    [
      'fields @message | filter @message like "user=" and @message not like /nothing$/',
      ['user=ann, took 7 ms'],
    ],
    ['filter message like /^(?i)ATT/ | stats count()', ['4']],
    ['fields reply.text, tags.1 | filter ispresent(reply.text) or ispresent(tags.0)', ['no', 'y']],
    ['fields tls as secure | filter tls = 1', ['1']],
    ['fields `domain` as d | filter d =~ /b/ | dedup d', ['b.example']],
    [
      'fields domain, fate | sort domain, fate desc | filter ispresent(fate) | limit 2 | display fate',
      ['deferred', 'accepted'],
    ],
    [
      'parse @message "user=*, took * ms" as user, took | filter ispresent(took) | display user, took',
      ['ann 7'],
    ],
    ['parse @message /user=(?<who>\\w+)/ | filter ispresent(who) | sort who | display who', ['ann', 'bob']],
    ['fields @log, @logStream | limit 1', ['000000000000:deliver stream-deliver']],
    ['# a comment\nfields fate # another\n| filter @timestamp = 1767225600000', ['accepted']],
  ])('%s', async (query, rows) => {
    expect(await rowsOf(query)).toEqual(rows);
  });

  it.each<[string, string[]]>([
    ['stats count(*) as n by fate | sort n desc, fate', ['2', 'deferred 2', 'accepted 1', 'bounced 1']],
    ['stats sum(durationMs), avg(durationMs), min(durationMs), max(durationMs)', ['160 40 10 100']],
    ['stats pct(durationMs, 50), pct(durationMs, 95), count(fate), count_distinct(domain)', ['20 100 4 2']],
    [
      'stats count(*) by bin(5m) as at | sort at',
      ['2026-01-01 00:00:00.000 3', '2026-01-01 00:05:00.000 2', '2026-01-01 00:10:00.000 1'],
    ],
    ['stats count(*) by bin(5m) | sort bin(5m) desc | limit 1', ['2026-01-01 00:10:00.000 1']],
    ['stats latest(fate), earliest(fate), max(@timestamp)', ['bounced accepted 2026-01-01 00:10:00.000']],
    ['filter fate = "none" | stats count(*), avg(durationMs)', ['0']],
    ['filter fate = "none" | stats count(*) by domain', []],
    [
      'stats count(*) as n by domain, fate | stats max(n) as most by domain | filter ispresent(domain) | sort domain',
      ['a.example 1', 'b.example 1'],
    ],
  ])('%s', async (query, rows) => {
    expect(await rowsOf(query)).toEqual(rows);
  });

  it('names columns as the query writes them', async () => {
    const {results} = await resultsOf('stats count(*), pct(durationMs, 95) as p by bin(1h)');
    expect(results?.[0]?.map(({field}) => field)).toEqual(['bin(1h)', 'count(*)', 'p']);
  });

  it('asks several log groups, within a time', async () => {
    const both = {logGroupName: undefined, logGroupNames: ['deliver', 'route']};
    expect(await rowsOf('stats count(*) by @log | sort @log', both)).toEqual([
      '000000000000:deliver 6',
      '000000000000:route 1',
    ]);
    const arn = 'arn:aws:logs:us-east-1:000000000000:log-group:route';
    const byArn = {logGroupName: undefined, logGroupIdentifiers: [arn], endTime: range.startTime + 4000};
    expect(await rowsOf('stats count(*)', byArn)).toEqual(['2']);
    expect(await rowsOf('fields fate | filter ispresent(fate)', {limit: 2})).toEqual(['bounced', 'deferred']);
  });

  it.each<[string, RegExp, number]>([
    ['fields a | filter', /expected a field, found the end/, 17],
    ['filter a ~ 1', /unexpected character "~"/, 9],
    ['filter a = "x', /"\\"" is not closed/, 11],
    ['fields strlen(a)', /has no function strlen/, 7],
    ['stats median(a)', /has no function median/, 6],
    ['stats count(*) by', /expected a field/, 17],
    ['anomaly', /has no command anomaly; it knows fields,/, 0],
    ['constructor', /has no command constructor/, 0],
    ['stats toString(a)', /has no function toString/, 6],
    ['limit 10001', /from 1 to 10000/, 6],
    ['filter a like /(?=x)/', /error parsing regexp/, 14],
    ['filter a like /(x{500}){2}y{999}/', /repeats too much/, 14],
    [`filter a like /${'x'.repeat(1001)}/`, /more than 1000 characters/, 14],
    ['parse @message "a*" as b, c', /1 times \*, and names 2 fields/, 15],
    ['stats count(*) by bin(5x)', /a time is a number/, 22],
    ['stats pct(a, 101)', /from 0 to 100/, 13],
    ['stats count(*) | fields a', /use display/, 24],
    [`filter ${'('.repeat(5000)}`, /nested more than 100 deep/, 108],
    ['fields a b', /expected "\|" or the end of the query, found "b"/, 9],
  ])('that is malformed is refused with what is wrong, and where (%#)', async (query, what, at) => {
    const error = await malformed(query);
    expect(error).toBeInstanceOf(MalformedQueryException);
    expect(error?.message).toMatch(what);
    expect(error?.queryCompileError?.location?.startCharOffset).toBe(at);
  });

  it('is bounded, and of groups that exist', async () => {
    const asking = (input: object) =>
      under.errorOf('StartQuery', {logGroupName: 'deliver', ...range, queryString: 'limit 1', ...input});
    expect(await asking({queryString: `limit 1 #${'x'.repeat(10_000)}`})).toMatch(
      /less than or equal to 10000/,
    );
    expect(await asking({logGroupName: 'none'})).toMatch(/^ResourceNotFoundException/);
    expect(await asking({logGroupNames: ['deliver']})).toMatch(
      /^InvalidParameterException: Give exactly one/,
    );
    const many = Array.from({length: 51}, (_, n) => `g${n}`);
    expect(await asking({logGroupName: undefined, logGroupNames: many})).toMatch(/less than or equal to 50/);
    expect(await asking({endTime: 0})).toMatch(/endTime is before startTime/);
    expect(await asking({limit: 10_001})).toMatch(/less than or equal to 10000/);
    expect(await asking({queryLanguage: 'SQL'})).toMatch(/enum value set: \[CWLI\]/);
    expect(await under.errorOf('GetQueryResults', {queryId: 'none'})).toMatch(/^ResourceNotFoundException/);
  });
});

describe('a long query', () => {
  const events = 20_000;
  beforeAll(() => {
    const group = under.logs.ensureGroup('long', {capacityOctets: 100_000_000});
    for (let n = 0; n < events; n++)
      group.append({timestamp: start + n, message: JSON.stringify({n, text: 'a'.repeat(200)}), stream: 's'});
  });
  const long = {
    logGroupName: 'long',
    ...range,
    queryString: 'filter text like /(a+)+$/ and text like /(a|aa)+b/',
  };

  it('leaves others their turn, and stops when it is told to', async () => {
    const {queryId} = await client.send(new StartQueryCommand(long));
    expect(await client.send(new StopQueryCommand({queryId}))).toMatchObject({success: true});
    const {status, results} = await client.send(new GetQueryResultsCommand({queryId}));
    expect({status, results}).toEqual({status: 'Cancelled', results: []});
    await expect(client.send(new StopQueryCommand({queryId}))).rejects.toThrow(/cannot be stopped/);
  });

  it('ends, whatever its regular expressions are', async () => {
    const {results, statistics} = await resultsOf(long.queryString, {logGroupName: 'long'});
    expect(results).toEqual([]);
    expect(statistics).toMatchObject({recordsScanned: events, recordsMatched: 0});
    expect(await rowsOf('stats count(*)', {logGroupName: 'long'})).toEqual([String(events)]);
    expect(await rowsOf('fields n', {logGroupName: 'long'})).toHaveLength(10_000);
  });
});
