// `relayq preflight` against the local cloud: each check with each answer, by the real SDK.

import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {throughputSetting} from '../../../local/ssm/ssm.ts';
import {projectRoot} from '../../global-setup.ts';
import {startScriptedServer} from '../../servers/scripted-server.ts';
import {
  bootstrapParameter,
  cli,
  makeReady,
  pipeline,
  preflight,
  type Row,
  services,
  startAccount,
  stopAccount,
} from './preflight-under-test.ts';

beforeAll(startAccount);
afterAll(stopAccount);
beforeEach(makeReady);
afterEach(() => pipeline.cloud.faults.clear());

test('an account that is ready has no problem', async () => {
  const {code, document, rowOf} = await preflight(
    '--stage',
    'local',
    '--deliver-concurrency',
    '4',
    '--direct-mx',
  );
  expect(document.checks.map(({check, verdict}) => [check, verdict])).toEqual([
    ['account', 'ok'],
    ['bootstrap', 'ok'],
    ['concurrency', 'ok'],
    ['settings-reads', 'ok'],
    ['left-behind', 'ok'],
    ['network', 'ok'],
    ['zones', 'ok'],
    ['port-25', 'unknown'],
    ['cost', 'ok'],
  ]);
  expect(document).toMatchObject({version: 1, stage: 'local', problems: 0, directMx: true, zones: []});
  expect(rowOf('account')?.text).toBe('account 000000000000 in us-east-1, as arn:aws:iam::000000000000:root');
  expect(code).toBe(0);
});

describe('concurrency', () => {
  test.each([
    [91, [], 'ok', undefined],
    [90, [], 'problem', '-c routeConcurrency=9 -c deliverConcurrency=49 -c slowConcurrency=9'],
    [20, [], 'problem', '-c routeConcurrency=2 -c deliverConcurrency=11 -c slowConcurrency=2'],
    [10, [], 'problem', '-c routeConcurrency=2 -c deliverConcurrency=2 -c slowConcurrency=2'],
    [
      10,
      ['--route-concurrency', '2', '--deliver-concurrency', '2'],
      'warning',
      '-c routeConcurrency=2 -c deliverConcurrency=2 -c slowConcurrency=2',
    ],
    [5, [], 'problem', undefined],
  ])('of %i with %j is: %s', async (unreserved, args, verdict, options) => {
    services().lambda.concurrency = {all: unreserved, unreserved};
    const {rowOf, code} = await preflight(...args);
    const row = rowOf('concurrency');
    expect(row?.verdict).toBe(verdict);
    expect(code).toBe(verdict === 'problem' ? 1 : 0);
    const first = row?.todo.find(each => each.includes('deploy with'));
    if (options === undefined) expect(first).toBeUndefined();
    else expect(first).toContain(options);
  });
});

test.each([
  [
    'false',
    [],
    'warning',
    '91 environments that start at once read a page of ten parameters each, which takes 3 s',
  ],
  ['true', [], 'ok', 'SSM takes 100 reads'],
  ['false', ['--deliver-concurrency', '4'], 'ok', 'which takes 1 s'],
])('higher throughput %s with %j is: %s', async (value, args, verdict, text) => {
  services().ssm.serviceSettings.set(throughputSetting, value);
  const {rowOf} = await preflight(...args);
  expect(rowOf('settings-reads')).toMatchObject({verdict, text: expect.stringContaining(text)});
});

test.each([
  ['5', 'problem'],
  ['6', 'ok'],
  ['six', 'problem'],
  [undefined, 'problem'],
])('a bootstrap of version %s is: %s', async (version, verdict) => {
  if (version === undefined) services().ssm.delete(bootstrapParameter);
  else services().ssm.put(bootstrapParameter, version);
  const {rowOf} = await preflight();
  expect(rowOf('bootstrap')?.verdict).toBe(verdict);
  if (verdict === 'problem')
    expect(rowOf('bootstrap')?.todo).toEqual(['npx cdk bootstrap aws://000000000000/us-east-1']);
});

describe('names', () => {
  test('that a stack has are no problem', async () => {
    expect((await preflight()).rowOf('left-behind')?.text).toContain(
      'stack relayq-local is there (UPDATE_COMPLETE)',
    );
  });

  test.each([undefined, 'ROLLBACK_COMPLETE'])('without a stack (%s) are a problem', async state => {
    if (state === undefined) services().cloudformation.delete('relayq-local');
    else services().cloudformation.set('relayq-local', state);
    const {rowOf, code} = await preflight();
    expect(rowOf('left-behind')).toMatchObject({
      verdict: 'problem',
      text: expect.stringMatching(/no stack relayq-local, but \d+ queues, 3 tables, 3 log groups/),
      todo: [expect.stringContaining('relayq adopt --stage local')],
    });
    expect(code).toBe(1);
  });

  test('of a stage that never was are free', async () => {
    const args = ['--stage', 'never', '--endpoint-url', pipeline.cloud.url, '--region', 'us-east-1'];
    const environment = {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 's'};
    const {stdout} = await cli.run(['preflight', '--json', ...args], {environment});
    const {checks} = JSON.parse(stdout) as {readonly checks: readonly Row[]};
    expect(checks.find(({check}) => check === 'left-behind')?.verdict).toBe('ok');
  });
});

describe('with direct delivery', () => {
  test('quotas that are used up are a problem, each with what to type', async () => {
    Object.assign(services().ec2, {
      vpcs: ['vpc-1', 'vpc-2', 'vpc-3', 'vpc-4', 'vpc-5'],
      addresses: ['eipalloc-1'],
      natGateways: [
        {id: 'nat-1', zone: 'us-east-1a'},
        {id: 'nat-2', zone: 'us-east-1b'},
      ],
    });
    services().servicequotas.set('ec2/L-0263D0A3', 1);
    const row = (await preflight('--direct-mx')).rowOf('network');
    expect(row).toMatchObject({
      verdict: 'problem',
      text: 'there is no room for one more of VPCs, Elastic IPs: 5 of 5 VPCs, 1 of 1 Elastic IPs, 1 of 5 NAT gateways in a zone',
    });
    expect(row?.todo.join()).toMatch(/L-F678F1CE.*L-0263D0A3.*eipAllocationId/);
  });

  test.each([
    ['available', ['--zones', 'us-east-1a,us-east-1c'], 'ok'],
    ['impaired', ['--zones', 'us-east-1a,us-east-1c'], 'ok'],
    ['impaired', [], 'warning'],
    ['available', ['--zones', 'us-east-1a,us-east-1z'], 'problem'],
  ])('a second zone that is %s, with %j, is: %s', async (state, args, verdict) => {
    const {ec2} = services();
    ec2.zones = ec2.zones.map(zone =>
      zone.name.endsWith('b') ? {...zone, state} : zone,
    ) as typeof ec2.zones;
    expect((await preflight('--direct-mx', ...args)).rowOf('zones')?.verdict).toBe(verdict);
  });
});

describe.each([
  ['concurrency', 'lambda', 'lambda:GetAccountSettings'],
  ['settings-reads', 'ssm', 'ssm:GetServiceSetting'],
  ['bootstrap', 'ssm', 'ssm:GetParameter'],
  ['left-behind', 'dynamodb', 'dynamodb:DescribeTable'],
  ['left-behind', 'cloudformation', 'cloudformation:DescribeStacks'],
  ['network', 'servicequotas', 'servicequotas:GetServiceQuota'],
  ['network', 'ec2', 'ec2:Describe'],
  ['zones', 'ec2', 'ec2:DescribeAvailabilityZones'],
] as const)('%s, where %s', (check, service, permission) => {
  test(`refuses, is unknown, names ${permission}, and ends nothing`, async () => {
    pipeline.cloud.faults.add({fault: 'refuse', service, from: 'all'});
    const {rowOf, document, code} = await preflight('--direct-mx');
    expect(rowOf(check)).toMatchObject({verdict: 'unknown', text: expect.stringContaining(permission)});
    expect(document.checks).toHaveLength(9);
    expect(code).toBe(0);
  });

  test('throttles, is unknown, to be tried again', async () => {
    pipeline.cloud.faults.add({fault: 'throttle', service, from: 'all'});
    const {rowOf} = await preflight('--direct-mx');
    expect(rowOf(check)).toMatchObject({verdict: 'unknown', todo: ['try again in a minute']});
  });
});

test('where nothing answers, nothing is known: status 3', async () => {
  const closed = await startScriptedServer();
  await closed.close();
  const endpoint = `http://127.0.0.1:${closed.port}`;
  const args = ['--stage', 'prod', '--endpoint-url', endpoint, '--region', 'us-east-1'];
  const environment = {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 's'};
  const {stdout, code} = await cli.run(['preflight', '--direct-mx', ...args], {environment});
  expect(stdout).toMatch(/^unknown +zones +nothing answers there/m);
  expect(stdout).toMatch(/^0 problems, 0 warnings, 8 unknown, 1 ok$/m);
  expect(code).toBe(3);
});

test('who may look at nothing gets status 3', async () => {
  for (const service of ['lambda', 'ssm', 'dynamodb'] as const)
    pipeline.cloud.faults.add({fault: 'refuse', service, from: 'all'});
  expect((await preflight()).code).toBe(3);
});

test.each([
  ['--route-concurrency', '1'],
  ['--zones', 'us-east-1a'],
  ['--zones', 'here,there'],
  ['--to', 'no domain'],
])('%s %s is refused', async (option, value) => {
  const {code, stderr} = await cli.run(['preflight', option, value]);
  expect(stderr).toContain(option);
  expect(code).toBe(2);
});

test('the documentation shows what a young account is told', async () => {
  services().lambda.concurrency = {all: 10, unreserved: 10};
  const args = [
    '--stage',
    'prod',
    '--direct-mx',
    '--endpoint-url',
    pipeline.cloud.url,
    '--region',
    'us-east-1',
  ];
  const environment = {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 's', NO_COLOR: '1'};
  const {stdout, code} = await cli.run(['preflight', ...args], {environment});
  expect(code).toBe(1);
  const timeless = (text: string) => text.replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/, 'TIME');
  const page = await readFile(join(projectRoot, 'docs/deploy.md'), 'utf8');
  const [, shown = ''] = /^```\n(relayq prod .*?)^```/ms.exec(page) ?? [];
  expect(timeless(shown)).toBe(timeless(stdout));
});
