// Customer managed keys: whoever uses what they encrypt needs them too. The policy of a key that the app makes itself is
// completed; that of any other key is its owner's.

import {ArnFormat, Stack} from 'aws-cdk-lib';
import {PolicyStatement, ServicePrincipal} from 'aws-cdk-lib/aws-iam';
import {type IKey, Key} from 'aws-cdk-lib/aws-kms';
import type {Construct} from 'constructs';
import type {Options} from './options.ts';

export interface Keys {
  /** Of the queues. */
  readonly queueKey: IKey | undefined;
  /** Of the log groups. */
  readonly logKey: IKey | undefined;
}

export function keysOf(scope: Construct, given: Partial<Keys>, options: Options): Keys {
  const known = (id: string, key: IKey | undefined, arn: string | undefined): IKey | undefined =>
    key ?? (arn === undefined ? undefined : Key.fromKeyArn(scope, id, arn));
  const keys = {
    queueKey: known('QueueKey', given.queueKey, options.queueKeyArn),
    logKey: known('LogKey', given.logKey, options.logKeyArn),
  };
  if (keys.logKey) letInLogs(keys.logKey);
  return keys;
}

/** CloudWatch Logs encrypts in its own name, for log groups of this account (Encrypt log data in CloudWatch Logs using KMS). */
function letInLogs(key: IKey): void {
  const {region, account, partition} = Stack.of(key);
  const groups = Stack.of(key).formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    region,
    account,
    partition,
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('logs.amazonaws.com')],
      actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      // In a key policy it means this key.
      resources: ['*'],
      conditions: {ArnLike: {'kms:EncryptionContext:aws:logs:arn': groups}},
    }),
  );
}
