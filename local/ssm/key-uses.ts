// How requests to Parameter Store use the keys of SecureString parameters, in the caller's name ("AWS KMS encryption for
// AWS Systems Manager Parameter Store SecureString parameters").

import type {AwsRequest, AwsService} from '../endpoint/aws-service.ts';
import type {KeyUse} from '../iam/keys.ts';
import {isJsonObject} from '../json.ts';
import {latestOf, managedKey} from './parameter.ts';
import type {Ssm} from './ssm.ts';

/** @param check throws when the caller may not use the key */
export function withKeys(
  service: AwsService,
  ssm: Ssm,
  check: (accessKeyId: string, use: KeyUse) => void,
): AwsService {
  const call: AwsService['call'] = async request => {
    for (const use of encryptionsOf(request, ssm)) check(request.accessKeyId, use);
    const answer = await service.call(request);
    // Reading changes nothing, and the answer shows best which parameters were decrypted.
    for (const use of decryptionsOf(request, answer, ssm)) check(request.accessKeyId, use);
    return answer;
  };
  return {...service, call};
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
