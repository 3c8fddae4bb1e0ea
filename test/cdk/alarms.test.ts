import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Match} from 'aws-cdk-lib/assertions';
import {describe, expect, test} from 'vitest';
import {projectRoot} from '../global-setup.ts';
import {stackWith} from './stack-under-test.ts';

const stack = stackWith();
const mailed = stackWith({alarmEmail: 'ops@example.com'});

/** Alarms as `metric of what: threshold`. */
const alarmsOf = (watched: typeof stack) =>
  watched.all('AWS::CloudWatch::Alarm').map(({Properties: {Metrics, MetricName, Dimensions, Threshold}}) => {
    if (Metrics) return `${(Metrics as {Expression?: string}[])[0]?.Expression}: ${Threshold}`;
    const [dimension] = (Dimensions ?? []) as {Value: unknown}[];
    return `${MetricName}${dimension ? ` of ${watched.nameOf(dimension.Value)}` : ''}: ${Threshold}`;
  });

describe('the alarms', () => {
  test('are for dead letters, mail that waits, failures of many, and functions that fail or are held back', () => {
    expect(alarmsOf(stack).sort()).toEqual(
      [
        'ApproximateNumberOfMessagesVisible of relayq-dev-outbox-dlq: 1',
        'ApproximateNumberOfMessagesVisible of relayq-dev-delivery-dlq.fifo: 1',
        'ApproximateNumberOfMessagesVisible of relayq-dev-waiting-dlq: 1',
        'ApproximateAgeOfOldestMessage of relayq-dev-outbox: 1800',
        'ApproximateAgeOfOldestMessage of relayq-dev-waiting: 1800',
        'ApproximateAgeOfOldestMessage of relayq-dev-waiting-soon: 1800',
        'ApproximateAgeOfOldestMessage of relayq-dev-delivery.fifo: 3600',
        'ApproximateAgeOfOldestMessage of relayq-dev-delivery-slow.fifo: 3600',
        ...['results', 'success', 'failure', 'retry'].map(
          kind => `ApproximateAgeOfOldestMessage of relayq-dev-${kind}: 864000`,
        ),
        'Errors of relayq-dev-route: 1',
        'Errors of relayq-dev-deliver: 1',
        'Errors of relayq-dev-keeper: 1',
        'Invocations of relayq-dev-keeper: 1',
        'Throttles of relayq-dev-route: 10',
        'Throttles of relayq-dev-deliver: 10',
        'Throttles of relayq-dev-route: 1',
        'Throttles of relayq-dev-deliver: 1',
        'relayq-dev-route-faults: 1',
        'relayq-dev-deliver-faults: 1',
        'relayq-dev-keeper-faults: 1',
        '100 * used / SERVICE_QUOTA(used): 80',
        'FILL(slots, 0) + FILL(receiversRead, 0) + FILL(receiversWritten, 0) + FILL(suppressionsRead, 0) + FILL(suppressionsWritten, 0): 10',
        'IF(attempts >= 50, 100 * FILL(bounced, 0) / attempts, 0): 5',
        'IF(attempts >= 50, 100 * FILL(deferred, 0) / attempts, 0): 50',
      ].sort(),
    );
  });

  test('ring where the keeper has not run for an hour, which has no value then', () => {
    const [idle] = stack
      .all('AWS::CloudWatch::Alarm')
      .filter(({Properties: {MetricName}}) => MetricName === 'Invocations');
    expect(idle?.Properties).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
      Period: 1800,
      EvaluationPeriods: 2,
    });
  });

  test('of bounces and deferrals look at the metrics of the stage, a quarter of an hour long', () => {
    const rates = stack
      .all('AWS::CloudWatch::Alarm')
      .filter(({Properties}) => JSON.stringify(Properties.Metrics ?? '').includes('attempts'));
    const statistic = (MetricName: string) => ({
      Id: MetricName,
      ReturnData: false,
      MetricStat: {
        Metric: {Namespace: 'relayq', MetricName, Dimensions: [{Name: 'stage', Value: 'dev'}]},
        Period: 900,
        Stat: 'Sum',
      },
    });
    for (const [index, failure] of (['bounced', 'deferred'] as const).entries()) {
      expect(rates[index]?.Properties).toMatchObject({
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanOrEqualToThreshold',
        TreatMissingData: 'notBreaching',
        Metrics: [{ReturnData: true}, statistic(failure), statistic('attempts')],
      });
    }
  });

  test('say in a sentence what is wrong, or what to do', () => {
    for (const {Properties} of stack.all('AWS::CloudWatch::Alarm')) {
      expect(Properties.AlarmDescription).toMatch(/^.{30,1024}\.$/);
    }
  });

  test('ring for throttling that lasts, hour after hour, well before it makes dead letters', () => {
    const lasting = stack
      .all('AWS::CloudWatch::Alarm')
      .filter(({Properties: {MetricName, Threshold}}) => MetricName === 'Throttles' && Threshold === 1);
    expect(lasting.map(({Properties: {Period, EvaluationPeriods}}) => ({Period, EvaluationPeriods}))).toEqual(
      [
        {Period: 3600, EvaluationPeriods: 2},
        {Period: 3600, EvaluationPeriods: 2},
      ],
    );
  });

  test('count faults in the lines that the functions log as errors', () => {
    const filters = stack.all('AWS::Logs::MetricFilter').map(({Properties}) => ({
      group: stack.nameOf(Properties.LogGroupName),
      pattern: Properties.FilterPattern,
      metric: (Properties.MetricTransformations as {MetricName: string}[])[0]?.MetricName,
    }));
    const pattern = '{ $.level = "error" }';
    expect(filters).toEqual([
      {group: '/aws/lambda/relayq-dev-route', pattern, metric: 'relayq-dev-route-faults'},
      {group: '/aws/lambda/relayq-dev-deliver', pattern, metric: 'relayq-dev-deliver-faults'},
      {group: '/aws/lambda/relayq-dev-keeper', pattern, metric: 'relayq-dev-keeper-faults'},
    ]);
  });

  test('only show while there is nobody to mail them to', () => {
    for (const {Properties} of stack.all('AWS::CloudWatch::Alarm')) {
      expect(Properties).not.toHaveProperty('AlarmActions');
    }
    expect(stack.all('AWS::SNS::Topic')).toEqual([]);
  });
});

describe('with an address, the alarms', () => {
  test('all go to a topic that mails to it', () => {
    const [subscription] = mailed.all('AWS::SNS::Subscription');
    expect(subscription?.Properties).toMatchObject({Protocol: 'email', Endpoint: 'ops@example.com'});
    const alarms = mailed.all('AWS::CloudWatch::Alarm');
    expect(alarms).toHaveLength(alarmsOf(stack).length);
    for (const {Properties} of alarms) {
      expect(Properties.AlarmActions).toEqual([subscription?.Properties.TopicArn]);
    }
  });

  /** Of those let in by the policy of a resource of this type, CloudWatch; only for alarms of this account. */
  const allowedToCloudWatch = (type: string, document: string) => {
    const statements = mailed
      .all(type)
      .flatMap(({Properties}) => (Properties[document] as {Statement: Record<string, unknown>[]}).Statement);
    return statements
      .filter(({Principal}) => (Principal as {Service?: string}).Service === 'cloudwatch.amazonaws.com')
      .map(({Effect, Action, Condition}) => ({
        Effect,
        Action,
        conditions: Object.values(Condition as object).flatMap(keys => Object.keys(keys)),
      }));
  };
  const conditions = ['aws:SourceAccount', 'aws:SourceArn'];

  test('may publish to the topic, which takes nothing without TLS', () => {
    expect(allowedToCloudWatch('AWS::SNS::TopicPolicy', 'PolicyDocument')).toEqual([
      {Effect: 'Allow', Action: 'sns:Publish', conditions},
    ]);
    const insecure = {Effect: 'Deny', Condition: {Bool: {'aws:SecureTransport': 'false'}}};
    mailed.template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {Statement: Match.arrayWith([Match.objectLike(insecure)])},
    });
  });

  test('may use the key that the topic is encrypted with: without that they would fail silently', () => {
    expect(allowedToCloudWatch('AWS::KMS::Key', 'KeyPolicy')).toEqual([
      {Effect: 'Allow', Action: ['kms:Decrypt', 'kms:GenerateDataKey*'], conditions},
    ]);
    const [topic] = mailed.all('AWS::SNS::Topic');
    const [keyId] = Object.keys(mailed.template.findResources('AWS::KMS::Key'));
    expect(topic?.Properties.KmsMasterKeyId).toEqual({'Fn::GetAtt': [keyId, 'Arn']});
  });
});

test('the runbook has each alarm once, and no other', async () => {
  // A stack of its own network has one alarm more.
  const all = stackWith({directMx: 'true', zones: 'eu-west-1a,eu-west-1b'});
  const ids = Object.keys(all.template.findResources('AWS::CloudWatch::Alarm')).map(
    id => /^Alarms(\w+)[0-9A-F]{8}$/.exec(id)![1],
  );
  const page = await readFile(join(projectRoot, 'docs/runbook.md'), 'utf8');
  const [table = ''] = /^\| alarm \|[\s\S]*?\n\n/m.exec(page)!;
  const told = [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    cell.split(', ').map(id => id.replaceAll('`', '')),
  );
  expect(told.sort()).toEqual(ids.sort());
});
