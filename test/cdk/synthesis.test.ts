import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {root, type Synthesis, synthesise} from './app-under-test.ts';
import {stackWith, withoutBundles} from './stack-under-test.ts';

const directories: string[] = [];
async function synthesised(...given: Parameters<typeof synthesise>): Promise<Synthesis> {
  const [context, ...rest] = given;
  const synthesis = await synthesise({...withoutBundles, ...context}, ...rest);
  directories.push(synthesis.directory);
  return synthesis;
}
afterAll(() => {
  for (const directory of directories) rmSync(directory, {recursive: true, force: true});
});

const read = ({directory}: Synthesis, file: string) => readFileSync(join(directory, file), 'utf8');

interface PluginReport {
  readonly pluginName: string;
  readonly conclusion: string;
  readonly violations: readonly unknown[];
  readonly suppressedViolations?: readonly {readonly acknowledgedAt: string; readonly reason: string}[];
}

const reportsOf = (synthesis: Synthesis): readonly PluginReport[] =>
  JSON.parse(read(synthesis, 'validation-report.json')).pluginReports;

describe.each([
  ['as it is', {}],
  [
    'with everything that can be asked for',
    {
      directMx: 'true',
      alarmEmail: 'ops@example.com',
      resultQueues: 'a,b',
      producers: 'arn:aws:iam::111122223333:root,arn:aws:iam::444455556666:role/shop',
      operators: 'arn:aws:iam::111122223333:role/ops',
      zones: 'us-east-1a,us-east-1c',
      queueKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      logKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      parameterKeyArn: 'arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      reserveConcurrency: 'true',
      invocationReports: 'true',
    },
  ],
  ['that leaves nothing behind', {directMx: 'true', retain: 'false'}],
])('the stack %s', (_, context) => {
  let synthesis: Synthesis;
  beforeAll(async () => {
    synthesis = await synthesised({stage: 'local', ...context});
  });

  test('passes the rules of cdk-nag and of CloudFormation', () => {
    expect(synthesis.code, synthesis.output).toBe(0);
    // What has nothing to report makes no report; that CloudFormation's rules are run is shown by a fault below.
    expect(reportsOf(synthesis)).toContainEqual(expect.objectContaining({pluginName: 'AwsSolutions'}));
    for (const {conclusion, violations} of reportsOf(synthesis))
      expect({conclusion, violations}).toEqual({conclusion: 'success', violations: []});
  });

  test('acknowledges findings for single resources, with a reason each', () => {
    const {suppressedViolations = []} =
      reportsOf(synthesis).find(({pluginName}) => pluginName === 'AwsSolutions') ?? {};
    expect(suppressedViolations.length).toBeGreaterThan(0);
    for (const {acknowledgedAt, reason} of suppressedViolations) {
      expect(acknowledgedAt).not.toBe('relayq-local');
      expect(reason).toMatch(/^.{30,}\.$/);
    }
  });

  test('says nothing of the machine it was made on', () => {
    for (const file of ['relayq-local.template.json', 'relayq-local.assets.json', 'manifest.json']) {
      expect(read(synthesis, file)).not.toContain(root);
    }
  });
});

test.each([
  'aws:cdk:enable-path-metadata',
  '@aws-cdk/core:target-partitions',
  '@aws-cdk-containers/ecs-service-extensions:enableDefaultLogDriver',
  'cdk-migrate',
  'cli-telemetry',
  'acknowledged-issue-numbers',
  'availability-zones:account=123456789012:region=eu-west-1',
])('the CDK’s own %j is nobody’s mistake', name => {
  expect(() => stackWith({[name]: 'x'})).not.toThrow();
});

test('nor is what a file of the user’s says for all their apps', async () => {
  const home = mkdtempSync(join(tmpdir(), 'relayq-home-'));
  directories.push(home);
  writeFileSync(join(home, '.cdk.json'), '{"context": {"team": "mail"}}');
  const context = {team: 'mail', checks: 'false'};
  expect(await synthesised(context, undefined, {HOME: home})).toMatchObject({code: 0});
});

describe('the synthesis fails', () => {
  test.concurrent.each([
    ['a queue without TLS', /AwsSolutions-SQS4/],
    ['a role that may do everything', /AwsSolutions-IAM5\[Action::sqs:\*\]/],
    ['a property that CloudFormation does not know', /VisibilityTimeoutSeconds/],
  ])('on %s', async (fault, message) => {
    const {code, output} = await synthesised({}, fault);
    expect(code).not.toBe(0);
    expect(output).toMatch(message);
  });

  test.each([
    [{stage: 'Not a stage'}, /stage=Not a stage: lower-case/],
    [{slowConcurrency: '1001'}, /slowConcurrency=1001: a whole number from 2 to 1000/],
    [{deliverConcurrency: '1'}, /deliverConcurrency=1: a whole number from 2 to 1000/],
    [{routeConcurrency: 'many'}, /routeConcurrency=many: a whole number/],
    [{logRetentionDays: '31'}, /logRetentionDays=31: CloudWatch Logs knows 1, 3, 5, 7/],
    [{dashboard: 'maybe'}, /dashboard=maybe: true or false/],
    [{directMx: 'maybe'}, /directMx=maybe: true or false/],
    [{alarmEmail: 'ops'}, /alarmEmail=ops: an e-mail address/],
    [{resultQueues: 'bounces,*'}, /resultQueues=\*: names of standard queues/],
    [{parameterKeyArn: 'alias/mail'}, /parameterKeyArn=alias\/mail: the ARN of a key/],
    [{queueKeyArn: 'alias/mail'}, /queueKeyArn=alias\/mail: the ARN of a key/],
    [{zones: 'eu-west-1a'}, /zones=eu-west-1a: two or more zones, each of them once/],
    [{zones: 'eu-west-1a,eu-west-1a'}, /zones=eu-west-1a,eu-west-1a: two or more zones, each/],
    [{zones: 'a,b'}, /zones=a: availability zones such as/],
    [{eipAllocationId: '192.0.2.1'}, /eipAllocationId=192.0.2.1: the allocation ID of an Elastic IP/],
    [{stage: 'dev-results'}, /stage=dev-results: stage dev could send to its queues as result queues/],
    [{stage: 'dev-failure-x'}, /stage=dev-failure-x: stage dev could send/],
  ])('with the context %j', (context, message) => {
    expect(() => stackWith(context as Record<string, string>)).toThrow(message);
  });

  const known = /: not known; there are stage, routeConcurrency, .*directMx, .*, checks$/;
  test.each(['staeg', 'Stage', 'direct-mx', 'direct_mx', 'stage ', 'cdk', 'toString'])(
    'with a name in the context that nobody knows: %j',
    name => {
      expect(() => stackWith({[name]: 'prod'})).toThrow(known);
      expect(() => stackWith({[name]: 'prod'})).toThrow(`context ${name}: `);
    },
  );

  test('with several such names, in one go', () => {
    expect(() => stackWith({stage: 'prod', a: '1', b: '2'})).toThrow(/^context a, b: not known/);
  });

  test.each([
    [{stage: 'Not\na stage'}, 'relayq: context stage=Not a stage: lower-case letters, digits and hyphens\n'],
    [{staeg: 'prod'}, /^relayq: context staeg: not known; [^\n]*\n$/],
  ])('in one line without a stack trace: %j', async (context, output) => {
    const synthesis = await synthesised(context);
    expect(synthesis.code).toBe(1);
    expect(synthesis.output).toMatch(output);
    expect(synthesis.output.split('\n')).toHaveLength(2);
  });
});
