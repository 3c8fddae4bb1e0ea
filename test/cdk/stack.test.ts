import {readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {Template} from 'aws-cdk-lib/assertions';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {variables} from '../../shared/names.ts';
import {readJson, type Synthesis, synthesise} from './app-under-test.ts';

let made: Synthesis;
let template: Template;
beforeAll(async () => {
  made = await synthesise({});
  expect(made.code, made.output).toBe(0);
  template = Template.fromJSON(readJson(made.directory, 'relayq-dev.template.json'));
});
afterAll(() => rmSync(made.directory, {recursive: true}));

/** The properties of the resources of a type, by the value of one of them. */
function byName(type: string, nameProperty: string) {
  const found = Object.values(template.findResources(type)) as {Properties: Record<string, never>}[];
  return Object.fromEntries(found.map(({Properties}) => [Properties[nameProperty], Properties]));
}
const queue = (name: string): Record<string, unknown> =>
  byName('AWS::SQS::Queue', 'QueueName')[`relayq-dev-${name}`]!;
const fn = (name: string): Record<string, never> =>
  byName('AWS::Lambda::Function', 'FunctionName')[`relayq-dev-${name}`]!;

describe('the queues', () => {
  test('are the eight that others rely on, and no more', () => {
    const names = Object.keys(byName('AWS::SQS::Queue', 'QueueName')).map(name =>
      name.replace('relayq-dev-', ''),
    );
    const standard = ['outbox', 'outbox-dlq', 'results', 'success', 'failure', 'retry'];
    expect(names.sort()).toEqual([...standard, 'delivery.fifo', 'delivery-dlq.fifo'].sort());
  });

  test('keep messages for 14 days and are encrypted', () => {
    for (const each of Object.values(byName('AWS::SQS::Queue', 'QueueName'))) {
      expect(each).toMatchObject({MessageRetentionPeriod: 14 * 24 * 3600, SqsManagedSseEnabled: true});
    }
  });

  test('refuse whatever does not come over TLS', () => {
    const policies = Object.values(template.findResources('AWS::SQS::QueuePolicy'));
    expect(policies).toHaveLength(8);
    for (const {Properties} of policies) {
      expect(Properties.PolicyDocument.Statement).toContainEqual(
        expect.objectContaining({Effect: 'Deny', Condition: {Bool: {'aws:SecureTransport': 'false'}}}),
      );
    }
  });

  test('for delivery are high-throughput FIFO queues with deduplication IDs of our own', () => {
    for (const name of ['delivery.fifo', 'delivery-dlq.fifo']) {
      expect(queue(name)).toMatchObject({
        FifoQueue: true,
        ContentBasedDeduplication: false,
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
      });
    }
  });

  test.each([
    ['outbox', 'route', 'outbox-dlq', 20],
    ['delivery.fifo', 'deliver', 'delivery-dlq.fifo', 10],
  ])('%s outlasts %s and ends in %s', (name, consumer, dlq, maxReceiveCount) => {
    const {VisibilityTimeout, RedrivePolicy} = queue(name) as {
      VisibilityTimeout: number;
      RedrivePolicy: {deadLetterTargetArn: {'Fn::GetAtt': [string, string]}; maxReceiveCount: number};
    };
    expect(VisibilityTimeout).toBeGreaterThan(fn(consumer).Timeout!);
    expect(RedrivePolicy.maxReceiveCount).toBe(maxReceiveCount);
    const target = template.toJSON().Resources[RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0]];
    expect(target.Properties.QueueName).toBe(`relayq-dev-${dlq}`);
  });
});

describe('the functions', () => {
  test.each(['route', 'deliver'])('%s runs on Node.js 24 and arm64, and may go round', name => {
    expect(fn(name)).toMatchObject({Runtime: 'nodejs24.x', Architectures: ['arm64'], RecursiveLoop: 'Allow'});
  });

  test.each(['route', 'deliver'])('%s is given the variables that it reads, and nothing else', name => {
    expect(Object.keys(fn(name).Environment!.Variables).sort()).toEqual(Object.values(variables).sort());
  });

  test.each([
    ['route', 10],
    ['deliver', 50],
  ])('%s takes ten records at a time and reports each that failed', (_, MaximumConcurrency) => {
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: {MaximumConcurrency},
    });
  });
});

test('no role may do everything of anything, or anything to everything', () => {
  for (const {Properties} of Object.values(template.findResources('AWS::IAM::Policy'))) {
    for (const {Action, Resource} of Properties.PolicyDocument.Statement) {
      for (const action of [Action].flat()) expect(action).not.toContain('*');
      for (const resource of [Resource].flat()) expect(resource).not.toBe('*');
    }
  }
  for (const {Properties} of Object.values(template.findResources('AWS::IAM::Role'))) {
    expect(Properties.ManagedPolicyArns).toBeUndefined();
  }
});

test('dead letters and old messages raise alarms', () => {
  const metrics = Object.values(template.findResources('AWS::CloudWatch::Alarm')).map(
    ({Properties}) => Properties.MetricName,
  );
  expect(metrics.filter(name => name === 'ApproximateNumberOfMessagesVisible')).toHaveLength(2);
  expect(metrics.filter(name => name === 'ApproximateAgeOfOldestMessage')).toHaveLength(2);
  expect(metrics.filter(name => name === 'Errors')).toHaveLength(2);
});

describe('the bundles', () => {
  test('hold the function and nothing that is for development', () => {
    const assets = readdirSync(made.directory).filter(name => name.startsWith('asset.'));
    expect(assets).toHaveLength(2);
    for (const asset of assets) {
      const files = readdirSync(join(made.directory, asset));
      expect(files).toEqual(['index.mjs']);
      const file = join(made.directory, asset, 'index.mjs');
      expect(readFileSync(file, 'utf8')).not.toMatch(/smtp-server|aws-cdk|local cloud|127\.0\.0\.1:4566/);
      expect(statSync(file).size).toBeLessThan(600_000);
    }
  });
});

describe('direct delivery', () => {
  test('brings a VPC and an Elastic IP only when it is asked for', async () => {
    template.resourceCountIs('AWS::EC2::VPC', 0);
    const {code, output, directory} = await synthesise({directMx: 'true', alarmEmail: 'ops@example.com'});
    expect(code, output).toBe(0);
    const direct = Template.fromJSON(readJson(directory, 'relayq-dev.template.json'));
    direct.resourceCountIs('AWS::EC2::NatGateway', 1);
    direct.resourceCountIs('AWS::EC2::EIP', 1);
    const inVpc = Object.values(direct.findResources('AWS::Lambda::Function')).filter(
      ({Properties}) => Properties.VpcConfig,
    );
    expect(inVpc.map(({Properties}) => Properties.FunctionName)).toEqual(['relayq-dev-deliver']);
    rmSync(directory, {recursive: true});
  });
});

describe('the synthesis fails', () => {
  test.each([
    [{stage: 'Not a stage'}, /stage=Not a stage/],
    [{deliverConcurrency: '1'}, /deliverConcurrency=1: a whole number from 2 to 1000/],
    [{logRetentionDays: '31'}, /logRetentionDays=31/],
    [{directMx: 'maybe'}, /directMx=maybe: true or false/],
  ])('with the context %j', async (context, message) => {
    const {code, output, directory} = await synthesise(context as Record<string, string>);
    rmSync(directory, {recursive: true});
    expect(code).not.toBe(0);
    expect(output).toMatch(message);
  });

  test.each([
    ['a queue without TLS', "new Queue(stack, 'Q', {});", /AwsSolutions-SQS4/],
    // CloudFormation itself would refuse it only on deployment.
    [
      'a property that CloudFormation does not know',
      "new CfnResource(stack, 'Q', {type: 'AWS::SQS::Queue', properties: {Nonsense: 1}});",
      /ERROR Nonsense/,
    ],
  ])('on %s', async (_, line, message) => {
    const file = fileURLToPath(new URL(`broken-${process.pid}.ts`, import.meta.url));
    writeFileSync(
      file,
      `import {App, CfnResource, Stack, Validations} from 'aws-cdk-lib';
import {Queue} from 'aws-cdk-lib/aws-sqs';
import {AwsSolutionsChecks} from 'cdk-nag';
const app = new App();
const stack = new Stack(app, 'broken');
${line}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
app.synth();
void CfnResource, Queue;
`,
    );
    const {code, output, directory} = await synthesise({}, file);
    rmSync(file);
    rmSync(directory, {recursive: true});
    expect(code).not.toBe(0);
    expect(output).toMatch(message);
  });
});
