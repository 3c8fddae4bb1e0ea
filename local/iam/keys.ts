// The keys of KMS, as far as permissions go: what a key is called, and its policy.

import {createHash} from 'node:crypto';
import type {Account} from '../account.ts';
import {managedKey} from '../ssm/parameter.ts';
import {parsePolicy, type Statement} from './statement.ts';

/** A use of a key for a parameter. */
export interface KeyUse {
  readonly action: string;
  /** As PutParameter was given it: an ID, an ARN or an alias. */
  readonly keyId: string;
  readonly parameterArn: string;
}

/** A policy names a key by its ARN. A key that has only an alias here gets an ID that is always the same. */
export function keyArnOf(keyId: string, {region, accountId}: Account): string {
  if (/^arn:aws:kms:[^:]+:\d+:key\//.test(keyId)) return keyId;
  const name = keyId.replace(/^arn:aws:kms:[^:]+:\d+:/, '');
  const id = name.startsWith('alias/') ? idOf(name) : name;
  return `arn:aws:kms:${region}:${accountId}:key/${id}`;
}

const idOf = (name: string): string =>
  createHash('sha256')
    .update(name)
    .digest('hex')
    .replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-4$3-8$4-$5');

/**
 * Everyone in the account may use AWS's own key through Parameter Store, without a permission of theirs ("View a key
 * policy", for alias/aws/ssm). For a customer's key the policies of the callers decide ("Default key policy").
 */
export function keyPolicyOf(keyId: string, {region, accountId}: Account): readonly Statement[] {
  if (!keyId.endsWith(managedKey)) return [];
  return parsePolicy(
    {
      Statement: {
        Effect: 'Allow',
        Principal: {AWS: '*'},
        Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
        Resource: '*',
        Condition: {
          StringEquals: {'kms:CallerAccount': accountId, 'kms:ViaService': `ssm.${region}.amazonaws.com`},
        },
      },
    },
    'resource',
  );
}
