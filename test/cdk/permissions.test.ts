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

describe('the role of route', () => {
  test('takes from the outbox and from what waits, puts into the other queues, reads the settings, writes its log, and no more', () => {
    const sources = ['relayq-dev-outbox', 'relayq-dev-waiting'];
    expect(stack.permissionsOf('relayq-dev-route')).toEqual({
      'sqs:ReceiveMessage': sources,
      'sqs:DeleteMessage': sources,
      'sqs:ChangeMessageVisibility': sources,
      'sqs:GetQueueAttributes': sources,
      'sqs:GetQueueUrl': [...sources, ...resultQueues].sort(),
      'sqs:SendMessage': [
        'relayq-dev-waiting',
        'relayq-dev-outbox-oversize',
        'relayq-dev-delivery.fifo',
        ...resultQueues,
      ].sort(),
      'logs:CreateLogStream': ['/aws/lambda/relayq-dev-route'],
      'logs:PutLogEvents': ['/aws/lambda/relayq-dev-route'],
      ...settings,
    });
  });
});

describe('the role of deliver', () => {
  test('takes from the delivery queue, puts into those that wait, reads the settings, updates the state, writes its log, and no more', () => {
    const delivery = ['relayq-dev-delivery.fifo'];
    expect(stack.permissionsOf('relayq-dev-deliver')).toEqual({
      'sqs:ReceiveMessage': delivery,
      'sqs:DeleteMessage': delivery,
      'sqs:ChangeMessageVisibility': delivery,
      'sqs:GetQueueAttributes': delivery,
      'sqs:GetQueueUrl': [...delivery, ...resultQueues].sort(),
      'sqs:SendMessage': ['relayq-dev-waiting', ...resultQueues].sort(),
      'dynamodb:UpdateItem': ['relayq-dev-state'],
      'logs:CreateLogStream': ['/aws/lambda/relayq-dev-deliver'],
      'logs:PutLogEvents': ['/aws/lambda/relayq-dev-deliver'],
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
    const [{Condition} = {}] = decryptOf(stack.statementsOf('relayq-dev-deliver'));
    const conditions = JSON.stringify(Condition);
    expect(Object.keys(Condition as object).sort()).toEqual(['StringEquals', 'StringLike']);
    expect(conditions).toContain(
      '"kms:ViaService":{"Fn::Join":["",["ssm.",{"Ref":"AWS::Region"},".amazonaws.com"]]}',
    );
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
