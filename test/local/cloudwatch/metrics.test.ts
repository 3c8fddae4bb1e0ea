// Metrics that a function writes into its log, as the SDK (JSON) and each `aws` (CBOR, or forms and XML) ask for them.

import {
  CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  ListMetricsCommand,
  type MetricStat,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {awsJson, awsPrograms} from '../../aws-programs.ts';
import {sdkOptions} from '../../sdk-options.ts';
import {CloudsUnderTest, type CloudUnderTest} from '../cloud-under-test.ts';

/** What the messages say is printed as it is. */
const printer = `export const handler = async ({Records}) => {
  for (const {body} of Records) process.stdout.write(body + '\\n');
  return {batchItemFailures: []};
};`;

const clouds = new CloudsUnderTest();
let under: CloudUnderTest;
let client: CloudWatchClient;
const minute = Math.floor(Date.now() / 60_000) * 60_000 - 600_000;

/** Embedded metric format, `n` minutes later. */
const line = (n: number, members: object, metrics = [{Name: 'accepted', Unit: 'Count'}]) =>
  JSON.stringify({
    _aws: {
      Timestamp: minute + n * 60_000,
      CloudWatchMetrics: [{Namespace: 'relayq', Dimensions: [['stage']], Metrics: metrics}],
    },
    stage: 'test',
    ...members,
  });
const took = [{Name: 'took', Unit: 'Milliseconds'}];

const lines = [
  line(0, {accepted: 3}),
  line(0, {accepted: 4}),
  line(1, {accepted: 5}),
  line(6, {accepted: 1}),
  line(0, {took: Array.from({length: 100}, (_, n) => n + 1)}, took),
  line(1, {took: 500}, took),
  line(0, {accepted: 9, stage: 'other'}),
  // No metrics of the format, each for another reason.
  line(0, {accepted: 'many'}),
  line(0, {accepted: 1, stage: 7}),
  line(0, {}),
  line(-60 * 24 * 15, {accepted: 1}),
  '{"_aws": {"CloudWatchMetrics": "none"}, "accepted": 1}',
  '{"_aws": ',
];

beforeAll(async () => {
  const printed = new Set<string>();
  const all = Promise.withResolvers<void>();
  const onLog = (_: string, {message}: {readonly message: string}) => {
    printed.add(message);
    if (lines.every(each => printed.has(each))) all.resolve();
  };
  under = await clouds.start(printer, {onLog});
  client = new CloudWatchClient(sdkOptions(under.cloud.url));
  for (const each of lines) await under.send('tested-work', each);
  await all.promise;
});
afterAll(async () => {
  client.destroy();
  await clouds.stop();
});

const metric = (MetricName: string, stage = 'test') => ({
  Namespace: 'relayq',
  MetricName,
  Dimensions: [{Name: 'stage', Value: stage}],
});
const range = {StartTime: new Date(minute), EndTime: new Date(minute + 600_000)};
const get = (input: Partial<GetMetricDataCommandInput>) =>
  client.send(new GetMetricDataCommand({MetricDataQueries: [], ...range, ...input}));
const query = (Stat: string, more: Partial<MetricStat> = {}) => ({
  Id: 'm',
  MetricStat: {Metric: metric('accepted'), Period: 60, Stat, ...more},
});
const valuesOf = async (Stat: string, more: Partial<MetricStat> = {}) => {
  const {MetricDataResults: [result] = []} = await get({
    MetricDataQueries: [query(Stat, more)],
    ScanBy: 'TimestampAscending',
  });
  return result?.Values;
};

describe('the metrics of logs', () => {
  it('are listed', async () => {
    const list = async (input: object) => (await client.send(new ListMetricsCommand(input))).Metrics ?? [];
    const all = await list({Namespace: 'relayq'});
    expect(all).toHaveLength(3);
    expect(all).toEqual(
      expect.arrayContaining([metric('accepted'), metric('accepted', 'other'), metric('took')]),
    );
    expect(await list({MetricName: 'took', RecentlyActive: 'PT3H'})).toEqual([metric('took')]);
    expect(await list({Dimensions: [{Name: 'stage', Value: 'other'}]})).toEqual([
      metric('accepted', 'other'),
    ]);
    expect(await list({Dimensions: [{Name: 'stage'}]})).toHaveLength(3);
    expect(await list({Namespace: 'other'})).toEqual([]);
  });

  it('have statistics in periods, latest first', async () => {
    const {MetricDataResults: results} = await get({MetricDataQueries: [query('Sum')]});
    expect(results).toEqual([
      {
        Id: 'm',
        Label: 'accepted',
        StatusCode: 'Complete',
        Timestamps: [6, 1, 0].map(n => new Date(minute + n * 60_000)),
        Values: [1, 5, 7],
      },
    ]);
  });

  it.each<[string, Partial<MetricStat>, number[]]>([
    ['Sum', {Period: 300}, [12, 1]],
    ['Average', {Period: 600}, [13 / 4]],
    ['SampleCount', {Period: 600}, [4]],
    ['Minimum', {}, [3, 5, 1]],
    ['Maximum', {}, [4, 5, 1]],
    ['Sum', {Unit: 'Count', Period: 600}, [13]],
    ['Sum', {Unit: 'Bytes'}, []],
    ['p95', {Metric: metric('took')}, [95, 500]],
    ['p50', {Metric: metric('took'), Period: 300}, [51]],
    ['p99.9', {Metric: metric('took'), Period: 300}, [500]],
    ['Sum', {Metric: metric('accepted', 'other')}, [9]],
    ['Sum', {Metric: metric('none')}, []],
  ])('%s with %j', async (statistic, more, values) => {
    expect(await valuesOf(statistic, more)).toEqual(values);
  });

  it('come in pages', async () => {
    const MetricDataQueries = [query('Sum'), {...query('Minimum'), Id: 'n'}];
    const pages: unknown[] = [];
    for (let NextToken: string | undefined; ; ) {
      const answer = await get({MetricDataQueries, MaxDatapoints: 2, ...(NextToken && {NextToken})});
      pages.push(answer.MetricDataResults?.map(({Id, Values, StatusCode}) => [Id, Values, StatusCode]));
      NextToken = answer.NextToken;
      if (NextToken === undefined) break;
    }
    expect(pages).toEqual([
      [['m', [1, 5], 'PartialData']],
      [
        ['m', [7], 'Complete'],
        ['n', [1], 'PartialData'],
      ],
      [['n', [5, 3], 'Complete']],
    ]);
  });

  it.each<[Partial<GetMetricDataCommandInput>, RegExp]>([
    [{MetricDataQueries: [{Id: 'e', Expression: 'm*2'}]}, /has no metric math/],
    [{MetricDataQueries: [query('IQM')]}, /knows Sum, Average, .* not "IQM"/],
    [{MetricDataQueries: [query('Sum', {Period: 10})]}, /periods of minutes/],
    [{MetricDataQueries: [query('Sum'), query('Sum')]}, /must be unique/],
    [{MetricDataQueries: [{...query('Sum'), Id: 'M'}]}, /does not begin with a lower case letter/],
    [{MetricDataQueries: [query('Sum')], EndTime: range.StartTime}, /must be less than/],
    [{MetricDataQueries: []}, /MetricDataQueries is required/],
    [{MetricDataQueries: [query('Sum')], NextToken: 'x'}, /nextToken is invalid/],
  ])('that cannot be told are refused: %j', async (input, problem) => {
    await expect(get(input)).rejects.toThrow(problem);
  });

  it('are put by nobody else', async () => {
    const MetricData = [{MetricName: 'x', Value: 1}];
    await expect(client.send(new PutMetricDataCommand({Namespace: 'n', MetricData}))).rejects.toThrow(
      'The local CloudWatch has no operation PutMetricData; it knows ListMetrics and GetMetricData.',
    );
  });
});

const programs = await awsPrograms();
const title = programs.length === 0 ? 'each aws (skipped: none is installed)' : 'aws $version';

describe.skipIf(programs.length === 0).for(programs.length === 0 ? [{program: '', version: []}] : programs)(
  title,
  ({program}) => {
    const aws = (...args: string[]) => awsJson(program, under.cloud.url, 'cloudwatch', ...args);

    it('lists metrics', async () => {
      const args = ['--namespace', 'relayq', '--dimensions', 'Name=stage,Value=other'];
      expect(await aws('list-metrics', ...args)).toEqual({Metrics: [metric('accepted', 'other')]});
    });

    it('gets the data of metrics', async () => {
      const queries = JSON.stringify([query('Sum'), {...query('p50', {Metric: metric('took')}), Id: 'n'}]);
      const times = [
        '--start-time',
        range.StartTime.toISOString(),
        '--end-time',
        range.EndTime.toISOString(),
      ];
      const answer = (await aws('get-metric-data', '--metric-data-queries', queries, ...times)) as {
        MetricDataResults: {Id: string; Values: number[]; Timestamps: (string | number)[]}[];
      };
      const [sums, halves] = answer.MetricDataResults;
      expect(sums).toMatchObject({Id: 'm', Label: 'accepted', Values: [1, 5, 7], StatusCode: 'Complete'});
      // Version 1 shows times as they come.
      const msOf = (time: string | number) => (typeof time === 'number' ? time * 1000 : Date.parse(time));
      expect(sums?.Timestamps.map(msOf)).toEqual([6, 1, 0].map(n => minute + n * 60_000));
      expect(halves).toMatchObject({Id: 'n', Values: [500, 50]});
    });

    it('says what is refused', async () => {
      const queries = '[{"Id": "e", "Expression": "m*2"}]';
      const times = ['--start-time', '2026-01-01T00:00:00Z', '--end-time', '2026-01-02T00:00:00Z'];
      await expect(aws('get-metric-data', '--metric-data-queries', queries, ...times)).rejects.toThrow(
        /\(InvalidParameterValue\) when calling the GetMetricData operation: The local CloudWatch has no metric math/,
      );
    });

    it('says who calls', async () => {
      expect(await awsJson(program, under.cloud.url, 'sts', 'get-caller-identity')).toEqual({
        UserId: '000000000000',
        Account: '000000000000',
        Arn: 'arn:aws:iam::000000000000:root',
      });
    });
  },
);
