// What a request to Parameter Store has to be allowed (Service Authorization Reference, "Actions, resources, and
// condition keys for AWS Systems Manager").

import type {Account} from '../account.ts';
import {strings} from '../endpoint/input.ts';
import type {Permission} from '../iam/permission.ts';
import type {AskedRequest} from '../service-definition.ts';
import {parseReference, trimmed} from './parameter-name.ts';

export function ssmPermissionsFor(
  {operation, input}: AskedRequest,
  {region, accountId}: Account,
): readonly Permission[] {
  const arnOf = (name: string) => `arn:aws:ssm:${region}:${accountId}:parameter/${name.replace(/^\//, '')}`;
  const on = (resource: string) => ({action: `ssm:${operation}`, resource});
  const named = (reference: unknown) =>
    on(typeof reference === 'string' ? arnOf(parseReference(reference, arnOf).name) : arnOf(''));
  switch (operation) {
    // "If a user has access to a path, then the user can access all levels of that path" (GetParametersByPath).
    case 'GetParametersByPath':
      return [on(arnOf(trimmed(String(input.Path ?? ''))))];
    case 'GetParameters':
    case 'DeleteParameters':
      return strings(input, 'Names').map(named);
    case 'DescribeParameters':
      return [on(`arn:aws:ssm:${region}:${accountId}:*`)];
    case 'AddTagsToResource':
    case 'RemoveTagsFromResource':
    case 'ListTagsForResource':
      return [named(input.ResourceId)];
    case 'GetServiceSetting':
      return [on(`arn:aws:ssm:${region}:${accountId}:servicesetting${String(input.SettingId ?? '')}`)];
    default:
      return [named(input.Name)];
  }
}
