// What policies say, decided as AWS would ("Policy evaluation logic", IAM User Guide).

import {describe, expect, it} from 'vitest';
import {type Refusal, refusalOf} from '../../../local/iam/decision.ts';
import {parsePolicy} from '../../../local/iam/statement.ts';

const accountId = '000000000000';
const roleArn = `arn:aws:iam::${accountId}:role/sender`;
const sessionArn = `arn:aws:sts::${accountId}:assumed-role/sender/function`;
const queue = (name: string) => `arn:aws:sqs:us-east-1:${accountId}:${name}`;
const send = {action: 'sqs:SendMessage', resource: queue('work')};

const decide = (
  identity: object[],
  {resource = [], context = {}}: {resource?: object[]; context?: object} = {},
  request = send,
): Refusal | 'allowed' => {
  const known = {'aws:securetransport': 'true', 'aws:principalarn': roleArn, ...context};
  const principal = {accountId, roleArn, sessionArn};
  const policies = {
    identity: parsePolicy({Statement: identity}, 'identity'),
    resource: parsePolicy({Statement: resource}, 'resource'),
  };
  return refusalOf({principal, context: known, ...request}, policies) ?? 'allowed';
};
const allow = (Action: string | string[], Resource: string | string[], more: object = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...more,
});
const deny = (Action: string | string[], Resource: string | string[], more: object = {}) => ({
  ...allow(Action, Resource, more),
  Effect: 'Deny',
});

describe('a request is', () => {
  it.each<[string, object[], object[], Refusal | 'allowed']>([
    ['not allowed when nobody allows it', [], [], 'not allowed'],
    ['allowed by a policy of the role', [allow('sqs:SendMessage', queue('work'))], [], 'allowed'],
    ['allowed whatever the case of the action', [allow('SQS:sendMESSAGE', queue('work'))], [], 'allowed'],
    ['not allowed by a permission for batches', [allow('sqs:SendMessageBatch', '*')], [], 'not allowed'],
    ['not allowed on another queue', [allow('sqs:*', queue('works'))], [], 'not allowed'],
    [
      'not allowed when only the case of the queue differs',
      [allow('sqs:*', queue('Work'))],
      [],
      'not allowed',
    ],
    ['allowed by wildcards', [allow('sqs:Send*', queue('w?r*'))], [], 'allowed'],
    ['not allowed by a wildcard of another segment', [allow('*', 'arn:aws:sqs:*:1:work')], [], 'not allowed'],
    ['allowed by all but another', [allow('*', '*'), deny('*', queue('other'))], [], 'allowed'],
    [
      'denied by the role whoever allows it',
      [allow('*', '*'), deny('sqs:S*', '*')],
      [],
      'denied by identity',
    ],
    [
      'allowed by the queue alone',
      [],
      [allow('sqs:SendMessage', queue('work'), {Principal: {AWS: roleArn}})],
      'allowed',
    ],
    [
      'left to the role when the queue allows the account',
      [],
      [allow('sqs:*', '*', {Principal: {AWS: `arn:aws:iam::${accountId}:root`}})],
      'not allowed',
    ],
    [
      'denied by the queue with the whole account',
      [allow('*', '*')],
      [deny('sqs:*', '*', {Principal: {AWS: accountId}})],
      'denied by resource',
    ],
    [
      'no concern of what a queue says of others',
      [allow('*', '*')],
      [deny('sqs:*', '*', {Principal: {AWS: `${roleArn}s`, Service: 'sns.amazonaws.com'}})],
      'allowed',
    ],
    [
      'not denied by a queue that wants TLS',
      [allow('*', '*')],
      [deny('sqs:*', '*', {Principal: '*', Condition: {Bool: {'aws:SecureTransport': 'false'}}})],
      'allowed',
    ],
  ])('%s', (_, identity, resource, expected) => {
    expect(decide(identity, {resource})).toBe(expected);
  });

  it.each([
    [{NotAction: 'sqs:Receive*', Resource: '*'}, 'allowed'],
    [{NotAction: 'sqs:Send*', Resource: '*'}, 'not allowed'],
    [{Action: '*', NotResource: [queue('a'), queue('b')]}, 'allowed'],
    [{Action: '*', NotResource: [queue('a'), queue('w*')]}, 'not allowed'],
  ])('NotAction and NotResource match everything else: %j is %s', (elements, expected) => {
    expect(decide([{Effect: 'Allow', ...elements}])).toBe(expected);
  });
});

describe('a condition', () => {
  const parameter = 'arn:aws:ssm:us-east-1:000000000000:parameter/relayq/local/x';
  const context = {
    'kms:viaservice': 'ssm.us-east-1.amazonaws.com',
    'kms:encryptioncontext:parameter_arn': parameter,
  };

  it.each<[string, object, boolean]>([
    ['of equal text', {StringEquals: {'kms:ViaService': ['a', 'ssm.us-east-1.amazonaws.com']}}, true],
    [
      'of equal text, in another case',
      {StringEquals: {'kms:ViaService': 'SSM.us-east-1.amazonaws.com'}},
      false,
    ],
    [
      'where case does not matter',
      {StringEqualsIgnoreCase: {'kms:ViaService': 'SSM.us-east-1.amazonaws.com'}},
      true,
    ],
    ['of equal text has no wildcards', {StringEquals: {'kms:ViaService': 'ssm.*'}}, false],
    [
      'of similar text',
      {StringLike: {'kms:EncryptionContext:PARAMETER_ARN': '*:parameter/relayq/local/*'}},
      true,
    ],
    ['of dissimilar text', {StringNotLike: {'kms:ViaService': ['s3.*', 'ssm.*']}}, false],
    ['of ARNs', {ArnLike: {'aws:PrincipalArn': 'arn:aws:iam::*:role/send*'}}, true],
    ['of other ARNs', {ArnNotEquals: {'aws:PrincipalArn': roleArn}}, false],
    ['of a truth', {Bool: {'aws:SecureTransport': 'true'}}, true],
    ['of a key that is absent', {StringEquals: {'aws:SourceAccount': accountId}}, false],
    ['of a key that may be absent', {StringEqualsIfExists: {'aws:SourceAccount': 'x'}}, true],
    ['that denies what is absent', {StringNotEquals: {'aws:SourceAccount': accountId}}, true],
    ['that a key is absent', {Null: {'aws:SourceAccount': 'true'}}, true],
    ['that a key is there', {Null: {'aws:SourceAccount': 'false'}}, false],
    ['in two parts', {Bool: {'aws:SecureTransport': 'true'}, StringEquals: {'kms:ViaService': 's3'}}, false],
    ['in no part', {}, true],
  ])('%s', (_, Condition, holds) => {
    const statement = allow('kms:Decrypt', '*', {Condition});
    const asked = {action: 'kms:Decrypt', resource: 'arn:aws:kms:us-east-1:000000000000:key/k'};
    expect(decide([statement], {context}, asked)).toBe(holds ? 'allowed' : 'not allowed');
  });
});

describe('a policy with something unknown in it is refused:', () => {
  it.each<[string, object, 'identity' | 'resource', string]>([
    [
      'an operator',
      allow('*', '*', {Condition: {IpAddress: {'aws:SourceIp': '::1'}}}),
      'identity',
      'aws:SourceIp',
    ],
    [
      'an operator on sets',
      allow('*', '*', {Condition: {'ForAnyValue:StringEquals': {'aws:PrincipalArn': 'x'}}}),
      'identity',
      'the condition operator ForAnyValue:StringEquals is not known',
    ],
    [
      'a variable',
      allow('sqs:*', `arn:aws:sqs:us-east-1:0:\${aws:username}`),
      'identity',
      `policy variables are not known to the local cloud: \${aws:username}`,
    ],
    ['half an ARN', allow('sqs:*', 'arn:aws:sqs:*'), 'identity', 'not a whole ARN: arn:aws:sqs:*'],
    ['an element', allow('*', '*', {NotPrincipal: '*'}), 'resource', 'NotPrincipal is not known'],
    ['an effect', {...allow('*', '*'), Effect: 'allow'}, 'identity', 'Effect must be Allow or Deny'],
    ['no action', {Effect: 'Allow', Resource: '*'}, 'identity', 'either Action or NotAction must be there'],
    [
      'a principal of a role',
      allow('*', '*', {Principal: '*'}),
      'identity',
      'Principal is for policies of resources',
    ],
    ['no principal of a queue', allow('*', '*'), 'resource', 'Principal is for policies of resources'],
  ])('%s', (_, statement, of, problem) => {
    expect(() =>
      parsePolicy({Statement: [allow('*', '*', of === 'resource' ? {Principal: '*'} : {}), statement]}, of),
    ).toThrow('statement 2: ');
    expect(() => parsePolicy({Statement: statement}, of)).toThrow(problem);
  });
});
