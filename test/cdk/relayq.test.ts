// relayq as a construct in somebody else's stack, and what its own stack keeps from one version to the next.

import {App, Stack} from 'aws-cdk-lib';
import {Template} from 'aws-cdk-lib/assertions';
import {type ISecurityGroup, type IVpc, SecurityGroup, SubnetType, Vpc} from 'aws-cdk-lib/aws-ec2';
import {Role, ServicePrincipal} from 'aws-cdk-lib/aws-iam';
import {Key} from 'aws-cdk-lib/aws-kms';
import {Topic} from 'aws-cdk-lib/aws-sns';
import {describe, expect, test} from 'vitest';
import {Relayq, type RelayqProps} from '../../cdk/relayq.ts';
import {stackWith, withoutBundles} from './stack-under-test.ts';

interface Made {
  readonly stack: Stack;
  readonly mail: Relayq;
  readonly template: () => Template;
}

function made(propsOf: (stack: Stack) => Partial<RelayqProps> = () => ({})): Made {
  const stack = new Stack(new App({context: withoutBundles, builtinCloudFormationValidation: false}), 'Shop');
  const mail = new Relayq(stack, 'Mail', {stage: 'shop', ...propsOf(stack)});
  return {stack, mail, template: () => Template.fromStack(stack)};
}

type Properties = Readonly<Record<string, unknown>>;
const propertiesOf = (found: Readonly<Record<string, Properties>>) =>
  Object.values(found).map(({Properties: properties = {}}) => properties as Properties);
const shop = (stack: Stack) =>
  new Role(stack, 'Producer', {assumedBy: new ServicePrincipal('lambda.amazonaws.com')});

describe('the construct', () => {
  test('makes what the stack has, without its outputs', () => {
    const {Resources, Outputs} = made().template().toJSON();
    const typesOf = (resources: object) =>
      Object.values(resources as Record<string, {Type: string}>)
        .map(({Type}) => Type)
        .toSorted();
    expect(typesOf(Resources)).toEqual(typesOf(stackWith({stage: 'shop'}).template.toJSON().Resources));
    expect(Outputs).toBeUndefined();
  });

  test('lives beside another stage in one stack', () => {
    const {stack, template} = made();
    new Relayq(stack, 'More', {stage: 'more'});
    expect(propertiesOf(template().findResources('AWS::Logs::MetricFilter')).length).toBe(6);
    const counted = propertiesOf(template().findResources('AWS::Logs::MetricFilter')).map(
      ({MetricTransformations}) => (MetricTransformations as {MetricName: string}[])[0]?.MetricName,
    );
    expect(new Set(counted).size).toBe(6);
  });

  test('has queues, functions and tables to be referred to', () => {
    const {mail, stack} = made();
    expect(mail.names.outbox).toBe('relayq-shop-outbox');
    expect(stack.resolve(mail.queues.outbox.queueUrl)).toEqual({
      Ref: expect.stringMatching(/^MailQueuesOutbox/),
    });
    expect(Object.keys(mail.functions)).toEqual(['route', 'deliver', 'keeper']);
    expect(Object.keys(mail.tables)).toEqual(['slots', 'receivers', 'suppressions']);
  });

  test('lets a producer send, with the key of the queues, and a consumer take results', () => {
    const {mail, template} = made(stack => {
      return {queueKey: new Key(stack, 'Key')};
    });
    const producer = shop(Stack.of(mail));
    mail.grantSend(producer);
    mail.grantConsumeResults(producer, 'failure');
    const policies = propertiesOf(template().findResources('AWS::IAM::Policy'));
    const own = JSON.stringify(policies.find(({PolicyName}) => String(PolicyName).startsWith('Producer')));
    expect(own).toMatch(/sqs:SendMessage.*MailQueuesOutbox/);
    expect(own).toMatch(/sqs:ReceiveMessage.*MailQueuesFailure/);
    expect(own).toContain('kms:GenerateDataKey');
  });

  test('encrypts queues, logs and parameters with keys of one’s own, and lets in whoever needs them', () => {
    const {template, stack} = made(scope => {
      const key = new Key(scope, 'Key');
      return {queueKey: key, logKey: key, parameterKey: key};
    });
    const keyArn = {'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn']};
    for (const {KmsMasterKeyId, KmsDataKeyReusePeriodSeconds} of propertiesOf(
      template().findResources('AWS::SQS::Queue'),
    ))
      expect({KmsMasterKeyId, KmsDataKeyReusePeriodSeconds}).toEqual({
        KmsMasterKeyId: keyArn,
        KmsDataKeyReusePeriodSeconds: 3600,
      });
    for (const {KmsKeyId} of propertiesOf(template().findResources('AWS::Logs::LogGroup')))
      expect(KmsKeyId).toEqual(keyArn);
    const [policy] = propertiesOf(template().findResources('AWS::KMS::Key'));
    expect(JSON.stringify(policy?.KeyPolicy)).toContain('logs.amazonaws.com');
    const decrypting = propertiesOf(template().findResources('AWS::IAM::Policy')).flatMap(
      ({PolicyDocument}) =>
        (PolicyDocument as {Statement: {Action: string | string[]; Resource: unknown}[]}).Statement.filter(
          ({Action}) => [Action].flat().includes('kms:Decrypt'),
        ),
    );
    expect(decrypting.length).toBeGreaterThanOrEqual(6);
    for (const {Resource} of decrypting) expect(stack.resolve(Resource)).toEqual(keyArn);
  });

  test('stands in a VPC that is there, and goes out by its ports or by those of a security group', () => {
    const vpcOf = (stack: Stack) =>
      // The library's own classes do not fit its interfaces under exactOptionalPropertyTypes.
      new Vpc(stack, 'Vpc', {
        subnetConfiguration: [{name: 'Own', subnetType: SubnetType.PRIVATE_ISOLATED}],
      }) as IVpc;
    const deliverOf = ({template}: Made) =>
      propertiesOf(template().findResources('AWS::Lambda::Function')).find(
        ({FunctionName}) => FunctionName === 'relayq-shop-deliver',
      )?.VpcConfig;
    const usual = made(stack => ({network: {vpc: vpcOf(stack)}}));
    expect(deliverOf(usual)).toMatchObject({
      SecurityGroupIds: [{'Fn::GetAtt': [expect.stringMatching(/^MailEgress/), 'GroupId']}],
      SubnetIds: [expect.anything(), expect.anything()],
    });
    const own = made(stack => {
      const vpc = vpcOf(stack);
      const mine = new SecurityGroup(stack, 'Mine', {vpc}) as ISecurityGroup;
      return {network: {vpc, securityGroups: [mine]}};
    });
    expect(deliverOf(own)).toMatchObject({
      SecurityGroupIds: [{'Fn::GetAtt': [expect.stringMatching(/^Mine/), 'GroupId']}],
    });
    expect(() => made(stack => ({directMx: true, network: {vpc: vpcOf(stack)}}))).toThrow(
      'network and directMx: one of them',
    );
  });

  test('tells a topic of alarms, beside a mailbox', () => {
    const {template} = made(stack => ({alarmTopic: new Topic(stack, 'Ours'), alarmEmail: 'ops@example.com'}));
    for (const {AlarmActions} of propertiesOf(template().findResources('AWS::CloudWatch::Alarm')))
      expect(AlarmActions).toEqual([
        {Ref: expect.stringMatching(/^MailAlarmsMailTopic/)},
        {Ref: expect.stringMatching(/^Ours/)},
      ]);
  });

  test('tags what it makes, and nothing else', () => {
    const {template, stack} = made(() => ({tags: {team: 'shop'}}));
    new Topic(stack, 'Ours');
    const tag = {Key: 'team', Value: 'shop'};
    for (const type of [
      'AWS::SQS::Queue',
      'AWS::Lambda::Function',
      'AWS::DynamoDB::Table',
      'AWS::Logs::LogGroup',
    ])
      for (const {Tags} of propertiesOf(template().findResources(type))) expect(Tags).toContainEqual(tag);
    expect(propertiesOf(template().findResources('AWS::SNS::Topic'))).toEqual([{}]);
  });
});

describe('an option', () => {
  const functionsOf = (given: Record<string, string>) => {
    const stack = stackWith(given);
    return ['route', 'deliver', 'keeper'].map(name => stack.fn(`relayq-dev-${name}`).Properties);
  };

  test('reserves what the functions may use at most', () => {
    const reserved = (given: Record<string, string>) =>
      functionsOf(given).map(({ReservedConcurrentExecutions}) => ReservedConcurrentExecutions);
    expect(reserved({})).toEqual([undefined, undefined, undefined]);
    expect(reserved({reserveConcurrency: 'true'})).toEqual([30, 60, 1]);
  });

  test('has Lambda report on each invocation', () => {
    const levels = (given: Record<string, string>) =>
      functionsOf(given).map(({LoggingConfig}) => (LoggingConfig as {SystemLogLevel: string}).SystemLogLevel);
    expect(levels({})).toEqual(['WARN', 'WARN', 'WARN']);
    expect(levels({invocationReports: 'true'})).toEqual(['INFO', 'INFO', 'INFO']);
  });

  test('leaves nothing behind', () => {
    const kept = (given: Record<string, string>) =>
      Object.values(stackWith({directMx: 'true', ...given}).template.toJSON().Resources).filter(
        resource => !['Delete', undefined].includes((resource as {DeletionPolicy?: string}).DeletionPolicy),
      ).length;
    expect(kept({})).toBeGreaterThan(15);
    expect(kept({retain: 'false'})).toBe(0);
  });
});

test('what holds mail, names or a reputation keeps its logical ID from one version to the next', () => {
  const {Resources} = stackWith({directMx: 'true'}).template.toJSON();
  const ids = Object.entries(Resources as Record<string, {Type: string; DeletionPolicy?: string}>)
    .filter(
      ([, {Type, DeletionPolicy}]) => DeletionPolicy?.startsWith('Retain') || Type === 'AWS::DynamoDB::Table',
    )
    .map(([id]) => id)
    .toSorted();
  expect(ids).toMatchInlineSnapshot(`
    [
      "DeliverLogs7C1DBFA6",
      "DirectMxAddressCBC23EB7",
      "KeeperLogs09650BBA",
      "QueuesDeliveryACBB69CE",
      "QueuesDeliveryDlq6CBF5384",
      "QueuesDeliverySlow47F87B7F",
      "QueuesFailure33FDA1C1",
      "QueuesHeld7EF952C7",
      "QueuesOutbox46A13772",
      "QueuesOutboxDlq086D4865",
      "QueuesOutboxOversize7B043437",
      "QueuesResultsAB5BD05C",
      "QueuesRetry03C75A72",
      "QueuesSuccess2C6996D6",
      "QueuesWaitingDlq627B69AC",
      "QueuesWaitingE8A4ACF6",
      "QueuesWaitingSoon6D5D5B3D",
      "ReceiversAFB91CB5",
      "RouteLogs4AA0B158",
      "State1C20CC9A",
      "SuppressionsB3B49391",
    ]
  `);
});
