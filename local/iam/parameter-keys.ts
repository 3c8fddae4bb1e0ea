// SecureString parameters and their keys: which use of KMS a request to Parameter Store makes in the caller's name
// ("AWS KMS encryption for AWS Systems Manager Parameter Store SecureString parameters"), and under whose policy.

import {createHash} from 'node:crypto';
import type {AwsRequest, AwsService} from '../http.ts';
import {isJsonObject} from '../json.ts';
import {latestOf} from '../ssm/parameter.ts';
import type {Ssm} from '../ssm/ssm.ts';
import type {Account} from './required-permissions.ts';
import {parsePolicy, type Statement} from './statement.ts';

export interface KeyUse {
  readonly action: string;
  /** As it was given to PutParameter: an ID, an ARN or an alias. */
  readonly keyId: string;
  readonly parameterArn: string;
}

/** The key that Parameter Store has of its own. */
const managedKey = 'alias/aws/ssm';

/** @param check throws when the caller may not use the key */
export function withKeys(
  service: AwsService,
  ssm: Ssm,
  check: (accessKeyId: string, use: KeyUse) => void,
): AwsService {
  const guarded: AwsService = async request => {
    for (const use of encryptionsOf(request, ssm)) check(request.accessKeyId, use);
    const answer = await service(request);
    // Reading changes nothing: what a page holds, and so what is decrypted, is known best when it is there.
    for (const use of decryptionsOf(request, answer, ssm)) check(request.accessKeyId, use);
    return answer;
  };
  return Object.assign(guarded, service);
}

function encryptionsOf({operation, input}: AwsRequest, ssm: Ssm): readonly KeyUse[] {
  const {Name: name, Type: type, KeyId: keyId, Tier: tier} = input;
  if (operation !== 'PutParameter' || typeof name !== 'string') return [];
  const before = ssm.find(name);
  const latest = before && latestOf(before);
  if ((type ?? latest?.type) !== 'SecureString') return [];
  const isAdvanced = (tier ?? latest?.tier) === 'Advanced';
  return [
    {
      action: isAdvanced ? 'kms:GenerateDataKey' : 'kms:Encrypt',
      keyId: String(keyId ?? latest?.keyId ?? managedKey),
      parameterArn: ssm.arnOf(name),
    },
  ];
}

function decryptionsOf(
  {input}: AwsRequest,
  {Parameter: one, Parameters: several}: Record<string, unknown>,
  ssm: Ssm,
): readonly KeyUse[] {
  if (input.WithDecryption !== true) return [];
  return [one ?? [], several ?? []]
    .flat()
    .filter(isJsonObject)
    .filter(({Type}) => Type === 'SecureString')
    .map(({Name, Version}) => {
      const versions = ssm.find(String(Name))?.versions ?? [];
      const keyId = versions.find(({version}) => version === Version)?.keyId ?? managedKey;
      return {action: 'kms:Decrypt', keyId, parameterArn: ssm.arnOf(String(Name))};
    });
}

/** A key is known by its ARN; one that has only an alias here gets an ID that is always the same. */
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
 * AWS's own key lets everyone in the account use it through Parameter Store, with no permission of theirs ("View a
 * key policy", for alias/aws/ssm). A customer's key leaves it to their policies ("Default key policy").
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
