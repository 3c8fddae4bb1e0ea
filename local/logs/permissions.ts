// What an operation has to be allowed (Service Authorization Reference, "Actions, resources, and condition keys for Amazon
// CloudWatch Logs"): an action on each of its log groups, on one stream, or on everything.

import type {Account} from '../account.ts';
import type {Permission} from '../iam/permission.ts';
import type {AskedRequest} from '../service-definition.ts';

/** Their actions have no resource type. */
const withoutResource = new Set(['GetQueryResults', 'StopQuery']);

export function logsPermissionsFor(
  {operation, input}: AskedRequest,
  {region, accountId}: Account,
): readonly Permission[] {
  const action = `logs:${operation}`;
  const groups = withoutResource.has(operation) ? [] : namedIn(input);
  if (groups.length === 0) return [{action, resource: '*'}];
  const prefix = `arn:aws:logs:${region}:${accountId}:log-group:`;
  const part = operation === 'GetLogEvents' ? `log-stream:${String(input.logStreamName)}` : '*';
  return groups.map(group => {
    const arn = group.startsWith(prefix) ? group : prefix + group;
    return {action, resource: `${arn}:${part}`};
  });
}

function namedIn(input: AskedRequest['input']): readonly string[] {
  const {logGroupName, logGroupIdentifier, logGroupNames, logGroupIdentifiers} = input;
  const named = [logGroupName, logGroupIdentifier, logGroupNames, logGroupIdentifiers].flat();
  return named.filter(each => typeof each === 'string');
}
