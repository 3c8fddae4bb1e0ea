// Who may put what where, decided as IAM does, by the policies of the template and those that the documents print.

import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {refusalOf} from '../../local/iam/decision.ts';
import {type Principal, parsePolicy} from '../../local/iam/statement.ts';
import {queuePoliciesOf} from '../../local/sqs/queue-policies.ts';
import {resolveIntrinsics} from '../../local/template/intrinsic-functions.ts';
import type {Template} from '../../local/template/reader.ts';
import {referencesOf} from '../../local/template/references.ts';
import {root} from './app-under-test.ts';
import {stackWith} from './stack-under-test.ts';

const accountId = '000000000000';
const arnOf = (queue: string) => `arn:aws:sqs:us-east-1:${accountId}:relayq-local-${queue}`;
const role = (name: string, account = accountId) => `arn:aws:iam::${account}:role/${name}`;
const administrator = {Statement: {Effect: 'Allow', Action: '*', Resource: '*'}};
const nothing = {Statement: []};

const page = readFileSync(join(root, 'docs', 'permissions.md'), 'utf8');
const [ofProducer, ofOperator, ...others] = [...page.matchAll(/^```json\n(\{\n {2}"Version".*?)^```/gms)].map(
  ([, json]) => JSON.parse(json!),
);

function policiesOf(context: Record<string, string> = {}) {
  const template = stackWith({stage: 'local', ...context}).template.toJSON() as Template;
  const deployment = {stackName: 'relayq-local', region: 'us-east-1', accountId, queueUrlOf: arnOf};
  const queueUrlOf = (name: string) => name;
  const references = referencesOf(template, {...deployment, queueUrlOf});
  const byQueue = queuePoliciesOf(template, references);
  const roleOf = (id: string) =>
    resolveIntrinsics(
      {'Fn::GetAtt': [Object.keys(template.Resources).find(key => key.startsWith(id))!, 'Arn']},
      references,
    );
  const route = roleOf('RouteRole') as string;
  const deliver = roleOf('DeliverRole') as string;
  /** Why somebody with a policy of their own may not; undefined when they may. */
  const refusal = (roleArn: string, identity: object, action: string, queue: string) => {
    const [, , , , account] = roleArn.split(':');
    const principal: Principal = {accountId: account!, roleArn, sessionArn: `${roleArn}/session`};
    const policies = {
      identity: parsePolicy(identity, 'identity'),
      resource: parsePolicy(byQueue.get(`relayq-local-${queue}`), 'resource'),
    };
    const known = {'aws:principalarn': roleArn, 'aws:securetransport': 'true'};
    return refusalOf({principal, action: `sqs:${action}`, resource: arnOf(queue), context: known}, policies);
  };
  return {route, deliver, refusal};
}

const ops = role('ops');
const sso = role('aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Ops_0123456789abcdef');

describe.each(['waiting', 'waiting-soon', 'delivery.fifo', 'delivery-slow.fifo'])('to %s', queue => {
  const {route, deliver, refusal} = policiesOf();

  test('the functions send, by the policies of their roles', () => {
    for (const arn of [route, deliver])
      expect(refusal(arn, administrator, 'SendMessage', queue)).toBeUndefined();
  });

  test.each([
    ['an administrator', role('admin')],
    ['a role with the name of a function', role('relayq-local-route')],
    ['an operator who is not named', ops],
    ['a user', `arn:aws:iam::${accountId}:user/jo`],
    ['another account’s administrator', role('admin', '111122223333')],
  ])('%s does not, whatever policies they have', (_, arn) => {
    expect(refusal(arn, administrator, 'SendMessage', queue)).toBe('denied by resource');
    expect(refusal(arn, administrator, 'ReceiveMessage', queue)).toBeUndefined();
  });

  test('operators that are named do, by the policy that is documented', () => {
    const named = policiesOf({operators: `${ops},${role('aws-reserved/*/AWSReservedSSO_Ops_*')}`});
    for (const arn of [ops, sso])
      expect(named.refusal(arn, ofOperator, 'SendMessage', queue)).toBeUndefined();
    expect(named.refusal(ops, nothing, 'SendMessage', queue)).toBe('not allowed');
    expect(named.refusal(role('other'), ofOperator, 'SendMessage', queue)).toBe('denied by resource');
    expect(named.refusal(named.route, administrator, 'SendMessage', queue)).toBeUndefined();
  });
});

describe('the policies that docs/permissions.md prints', () => {
  const {refusal} = policiesOf({operators: ops});

  test('are two', () => expect([ofProducer, ofOperator, ...others]).toHaveLength(2));

  test('let a producer send to the outbox, and nothing else', () => {
    const producer = role('shop');
    for (const action of ['SendMessage', 'GetQueueUrl'])
      expect(refusal(producer, ofProducer, action, 'outbox')).toBeUndefined();
    for (const action of ['ReceiveMessage', 'DeleteMessage', 'PurgeQueue', 'SetQueueAttributes'])
      expect(refusal(producer, ofProducer, action, 'outbox')).toBe('not allowed');
    for (const queue of [
      'waiting',
      'waiting-soon',
      'delivery.fifo',
      'delivery-slow.fifo',
      'outbox-dlq',
      'results',
    ])
      expect(refusal(producer, ofProducer, 'SendMessage', queue)).toBeDefined();
  });

  test.each([
    ['outbox-dlq', 'outbox'],
    ['waiting-dlq', 'waiting'],
    ['waiting-dlq', 'waiting-soon'],
    ['delivery-dlq.fifo', 'delivery.fifo'],
    ['delivery-dlq.fifo', 'delivery-slow.fifo'],
  ])('let an operator look into %s and redrive it to %s', (dlq, source) => {
    const needed = [
      'StartMessageMoveTask',
      'ListMessageMoveTasks',
      'CancelMessageMoveTask',
      'ReceiveMessage',
      'ChangeMessageVisibility',
      'DeleteMessage',
      'GetQueueAttributes',
      'GetQueueUrl',
    ];
    for (const action of needed) expect(refusal(ops, ofOperator, action, dlq)).toBeUndefined();
    expect(refusal(ops, ofOperator, 'SendMessage', source)).toBeUndefined();
    expect(refusal(ops, ofOperator, 'ReceiveMessage', source)).toBe('not allowed');
    expect(refusal(ops, ofOperator, 'ReceiveMessage', 'outbox-oversize')).toBeUndefined();
  });
});

describe('producers of other accounts', () => {
  const shop = role('shop', '111122223333');
  const partner = 'arn:aws:iam::444455556666:root';

  test('are let in by name, for sending alone, beside their own policies', () => {
    const {refusal} = policiesOf({producers: `${shop}, ${partner}`});
    expect(refusal(shop, ofProducer, 'SendMessage', 'outbox')).toBeUndefined();
    expect(refusal(shop, ofProducer, 'GetQueueUrl', 'outbox')).toBeUndefined();
    expect(refusal(role('any', '444455556666'), ofProducer, 'SendMessage', 'outbox')).toBeUndefined();
    expect(refusal(shop, nothing, 'ReceiveMessage', 'outbox')).toBe('not allowed');
    expect(refusal(shop, nothing, 'SendMessage', 'waiting')).toBe('denied by resource');
  });

  test('stand in the policy of the outbox, and of no other queue', () => {
    const statements = stackWith({producers: shop})
      .all('AWS::SQS::QueuePolicy')
      .filter(({Properties}) => JSON.stringify(Properties).includes('111122223333'));
    expect(statements).toHaveLength(1);
  });

  test.each([
    ['producers', '111122223333'],
    ['producers', '*'],
    ['producers', 'arn:aws:iam::111122223333:role/*'],
    ['producers', 'arn:aws:sqs:us-east-1:111122223333:queue'],
    ['operators', '*'],
    ['operators', 'arn:aws:iam::*:role/ops'],
    ['operators', 'ops'],
  ])('and %s=%s stops the synthesis', (name, value) => {
    expect(() => stackWith({[name]: value})).toThrow(`context ${name}=${value}: ARNs of roles`);
  });
});
