// What the local cloud says of the account, as the real SDK asks for it; and Invoke.

import {GetAccountSettingsCommand, InvokeCommand, LambdaClient} from '@aws-sdk/client-lambda';
import {GetServiceQuotaCommand, ServiceQuotasClient} from '@aws-sdk/client-service-quotas';
import {GetServiceSettingCommand, SSMClient} from '@aws-sdk/client-ssm';
import {afterAll, beforeAll, expect, it} from 'vitest';
import {QueryApi} from '../../../cli/aws/query-api.ts';
import {accessKeyIdOf} from '../../../local/lambda/environment-variables.ts';
import {sdkOptions} from '../../sdk-options.ts';
import {CloudsUnderTest, type CloudUnderTest} from '../cloud-under-test.ts';
import {functionName} from '../template/template-under-test.ts';

const clouds = new CloudsUnderTest();
let under: CloudUnderTest;
let lambda: LambdaClient;
beforeAll(async () => {
  under = await clouds.start(`
    export const handler = async event => {
      if (event.fails) throw new RangeError('as asked');
      return {given: event};
    };`);
  lambda = new LambdaClient(sdkOptions(under.cloud.url));
});
afterAll(async () => {
  lambda.destroy();
  await clouds.stop();
});

const invoke = async (payload: string, name = functionName) => {
  const command = new InvokeCommand({FunctionName: name, Payload: Buffer.from(payload)});
  const {Payload, ...answer} = await lambda.send(command);
  return {...answer, payload: JSON.parse(Buffer.from(Payload ?? []).toString())};
};

it('invokes a function with an event, and answers with what it returns', async () => {
  expect(await invoke('{"a": "ü"}')).toMatchObject({
    StatusCode: 200,
    ExecutedVersion: '$LATEST',
    payload: {given: {a: 'ü'}},
  });
});

it('says that a function has failed, and how', async () => {
  expect(await invoke('{"fails": true}')).toMatchObject({
    StatusCode: 200,
    FunctionError: 'Unhandled',
    payload: {errorType: 'RangeError', errorMessage: 'as asked'},
  });
});

it.each([
  ['no function', () => invoke('{}', 'another'), 'ResourceNotFoundException'],
  ['no JSON', () => invoke('{'), 'InvalidRequestContentException'],
])('refuses %s', async (_, call, name) => {
  await expect(call()).rejects.toMatchObject({name});
});

it('has the concurrency that a test has set', async () => {
  under.cloud.services.lambda.concurrency = {all: 50, unreserved: 40};
  expect((await lambda.send(new GetAccountSettingsCommand({}))).AccountLimit).toMatchObject({
    ConcurrentExecutions: 50,
    UnreservedConcurrentExecutions: 40,
  });
});

it('lets no function ask that has no permission', async () => {
  const [definition] = under.cloud.resources.functions;
  const client = new LambdaClient(sdkOptions(under.cloud.url, accessKeyIdOf(definition!)));
  await expect(client.send(new GetAccountSettingsCommand({}))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining('lambda:GetAccountSettings'),
  });
  client.destroy();
});

it('knows quotas by their codes, and no others', async () => {
  const client = new ServiceQuotasClient(sdkOptions(under.cloud.url));
  const quotaOf = (QuotaCode: string) =>
    client.send(new GetServiceQuotaCommand({ServiceCode: 'vpc', QuotaCode}));
  expect((await quotaOf('L-F678F1CE')).Quota).toMatchObject({QuotaName: 'VPCs per Region', Value: 5});
  await expect(quotaOf('L-00000000')).rejects.toMatchObject({name: 'NoSuchResourceException'});
  client.destroy();
});

it('answers in XML about networks and stacks, and refuses what it does not know', async () => {
  const client = new SSMClient(sdkOptions(under.cloud.url));
  const api = new QueryApi(client.config, under.cloud.url);
  const {signal} = new AbortController();
  const zones = await api.list('ec2', 'DescribeAvailabilityZones', {list: 'availabilityZoneInfo'}, signal);
  expect(zones[0]).toMatchObject({zoneName: 'us-east-1a', zoneState: 'available'});
  const call = (...[service, action, parameters]: Parameters<QueryApi['call']>) =>
    api.call(service, action, parameters, signal);
  await expect(call('ec2', 'RunInstances', {}, signal)).rejects.toMatchObject({name: 'InvalidAction'});
  await expect(call('ec2', 'DescribeVpcs', {Junk: '1'}, signal)).rejects.toMatchObject({
    name: 'UnknownParameter',
  });
  await expect(call('cloudformation', 'DescribeStacks', {StackName: 'x'}, signal)).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Stack with id x does not exist',
  });
  const junk = new GetServiceSettingCommand({SettingId: '/ssm/junk'});
  await expect(client.send(junk)).rejects.toMatchObject({name: 'ServiceSettingNotFound'});
  client.destroy();
});
