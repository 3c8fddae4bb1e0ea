import {describe, expect, test} from 'vitest';
import {type Statement, stackWith} from './stack-under-test.ts';

const stack = stackWith();
const resultQueues = ['failure', 'results', 'retry', 'success'].flatMap(kind => [
  `relayq-dev-${kind}`,
  `relayq-dev-${kind}-*`,
]);
const settings = {
  'ssm:GetParametersByPath': ['parameter/relayq/dev', 'parameter/relayq/dev/*'],
  'kms:Decrypt': ['key/*'],
};

const state = {
  'dynamodb:UpdateItem': ['relayq-dev-state'],
  'dynamodb:Query': ['relayq-dev-receivers'],
  'dynamodb:PutItem': ['relayq-dev-receivers'],
  'dynamodb:DeleteItem': ['relayq-dev-receivers'],
};
const delivery = ['relayq-dev-delivery-slow.fifo', 'relayq-dev-delivery.fifo'];
const between = ['relayq-dev-held', 'relayq-dev-waiting', 'relayq-dev-waiting-soon', ...delivery];

describe('the role of route', () => {
  test('takes from the outbox and from what waits, puts into the other queues, looks how full they are, reads the settings, writes the state and its log, and no more', () => {
    const sources = ['relayq-dev-outbox', 'relayq-dev-waiting', 'relayq-dev-waiting-soon'];
    expect(stack.permissionsOf('relayq-dev-route')).toEqual({
      'sqs:ReceiveMessage': sources,
      'sqs:DeleteMessage': sources,
      'sqs:ChangeMessageVisibility': sources,
      'sqs:GetQueueAttributes': [...sources, ...delivery].sort(),
      'sqs:GetQueueUrl': [...sources, ...resultQueues].sort(),
      'sqs:SendMessage': [...between, 'relayq-dev-outbox-oversize', ...resultQueues].sort(),
      'logs:CreateLogStream': ['/aws/lambda/relayq-dev-route'],
      'logs:PutLogEvents': ['/aws/lambda/relayq-dev-route'],
      ...state,
      // It looks into the suppression list.
      'dynamodb:BatchGetItem': ['relayq-dev-suppressions'],
      ...settings,
    });
  });
});

describe('the role of deliver', () => {
  test('takes from the delivery queues, puts into those between the functions and to the dead letters, reads the settings, writes the state and its log, and no more', () => {
    expect(stack.permissionsOf('relayq-dev-deliver')).toEqual({
      'sqs:ReceiveMessage': delivery,
      'sqs:DeleteMessage': delivery,
      'sqs:ChangeMessageVisibility': delivery,
      'sqs:GetQueueAttributes': delivery,
      'sqs:GetQueueUrl': [...delivery, ...resultQueues].sort(),
      'sqs:SendMessage': [...between, 'relayq-dev-delivery-dlq.fifo', ...resultQueues].sort(),
      'logs:CreateLogStream': ['/aws/lambda/relayq-dev-deliver'],
      'logs:PutLogEvents': ['/aws/lambda/relayq-dev-deliver'],
      ...state,
      // It counts bounces in the suppression list.
      'dynamodb:UpdateItem': ['relayq-dev-state', 'relayq-dev-suppressions'],
      ...settings,
      // The keys of domains, besides.
      'kms:Decrypt': ['key/*', 'key/*'],
      'ssm:GetParametersByPath': ['parameter/relayq-dkim/dev/*', ...settings['ssm:GetParametersByPath']],
    });
  });
});

describe('the role of the keeper', () => {
  test('takes held mail, puts it to what waits or back, reads the settings, writes one table and its log, and no more', () => {
    const held = ['relayq-dev-held'];
    expect(stack.permissionsOf('relayq-dev-keeper')).toEqual({
      'sqs:ReceiveMessage': held,
      'sqs:DeleteMessage': held,
      'sqs:ChangeMessageVisibility': held,
      'sqs:GetQueueAttributes': held,
      'sqs:SendMessage': ['relayq-dev-held', 'relayq-dev-waiting-soon'],
      'dynamodb:UpdateItem': ['relayq-dev-state'],
      'logs:CreateLogStream': ['/aws/lambda/relayq-dev-keeper'],
      'logs:PutLogEvents': ['/aws/lambda/relayq-dev-keeper'],
      ...settings,
    });
  });
});

describe('the roles', () => {
  test('come from nobody else’s policies', () => {
    for (const {Properties} of stack.all('AWS::IAM::Role')) {
      expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    }
  });

  const decryptOf = (statements: readonly Statement[]) =>
    statements.filter(({Action}) => Action === 'kms:Decrypt');

  test('decrypt the stage’s parameters, through SSM, and nothing else', () => {
    const [{Condition} = {}, ofKeys] = decryptOf(stack.statementsOf('relayq-dev-deliver'));
    expect(JSON.stringify(ofKeys?.Condition)).toMatch(
      /"kms:EncryptionContext:PARAMETER_ARN":.*:parameter\/relayq-dkim\/dev\/\*"/,
    );
    const conditions = JSON.stringify(Condition);
    expect(Object.keys(Condition as object).sort()).toEqual(['StringEquals', 'StringLike']);
    // In China, services have another suffix.
    expect((Condition as {StringEquals: object}).StringEquals).toEqual({
      'kms:ViaService': [
        {'Fn::Join': ['', ['ssm.', {Ref: 'AWS::Region'}, '.amazonaws.com']]},
        {'Fn::Join': ['', ['ssm.', {Ref: 'AWS::Region'}, '.', {Ref: 'AWS::URLSuffix'}]]},
      ],
    });
    expect(conditions).toMatch(/"kms:EncryptionContext:PARAMETER_ARN":.*:parameter\/relayq\/dev\/\*"/);
  });

  test('decrypt with one key when it is named', () => {
    const parameterKeyArn = 'arn:aws:kms:eu-west-1:111122223333:key/0f0e0d0c-0000-4000-8000-000000000000';
    const [decrypt] = decryptOf(stackWith({parameterKeyArn}).statementsOf('relayq-dev-route'));
    expect(decrypt?.Resource).toBe(parameterKeyArn);
  });

  test('may send results to queues of other names only when the context has them', () => {
    const named = stackWith({resultQueues: 'crm-bounces,billing'});
    const added = ['billing', 'crm-bounces'];
    for (const action of ['sqs:SendMessage', 'sqs:GetQueueUrl']) {
      const before = stack.permissionsOf('relayq-dev-deliver')[action] ?? [];
      expect(named.permissionsOf('relayq-dev-deliver')[action]).toEqual([...before, ...added].sort());
    }
  });
});
