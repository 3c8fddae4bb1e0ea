// The roles of the template's functions and every policy that is theirs, inline, attached or managed; and the
// policies of queues. Reading only: what a statement means is statement.ts's affair.

import {type References, resolveIntrinsics} from '../intrinsic-functions.ts';
import {isJsonObject} from '../json.ts';
import type {FunctionResource, PolicyDocument, RoleResource} from '../resources.ts';
import type {Template} from '../template-references.ts';
import {managedPolicyOf} from './managed-policies.ts';
import {wildcard} from './pattern.ts';
import {statementsOf, stringsOf} from './statement.ts';

/** The services whose requests are authorised here. */
const services = ['sqs', 'ssm', 'dynamodb', 'kms', 'logs'];

/** The roles that the functions run under. @throws Error naming the logical ID of what cannot be read */
export function rolesOf(
  template: Template,
  functions: readonly FunctionResource[],
  references: References,
): RoleResource[] {
  const ids = new Set(functions.map(({roleLogicalId}) => roleLogicalId));
  return [...ids].map(id => roleOf(id, template, references));
}

function roleOf(logicalId: string, template: Template, references: References): RoleResource {
  const {Type: type, Properties: role = {}} = template.Resources[logicalId] ?? {};
  if (type !== 'AWS::IAM::Role') throw new Error(`${logicalId} is not a role of the template`);
  if (role.PermissionsBoundary !== undefined)
    throw new Error(`${logicalId}: the local cloud does not know permissions boundaries`);
  const name = references.ref(logicalId) as string;
  const read = (document: unknown) => documentOf(document, references);
  const own = within(logicalId, () => [
    ...((role.Policies ?? []) as {PolicyDocument: unknown}[]).map(policy => read(policy.PolicyDocument)),
    ...((role.ManagedPolicyArns ?? []) as unknown[]).flatMap(arn => managed(arn, template, references)),
  ]);
  const attached = Object.entries(template.Resources).flatMap(([id, {Type, Properties: policy = {}}]) => {
    const property = roleProperties[Type];
    if (property === undefined) return [];
    const isOurs = (each: unknown) => resolveIntrinsics(each, references) === name;
    const roles = [policy[property] ?? []].flat();
    return within(id, () => (roles.some(isOurs) ? [read(policy.PolicyDocument)] : []));
  });
  return {logicalId, name, policies: [...own, ...attached]};
}

/** Policies that are resources of their own, and where they say whose they are. */
const roleProperties: Readonly<Record<string, string>> = {
  'AWS::IAM::Policy': 'Roles',
  'AWS::IAM::ManagedPolicy': 'Roles',
  'AWS::IAM::RolePolicy': 'RoleName',
};

/** A policy that a role names: one of AWS's, or one of the template. */
function managed(arn: unknown, template: Template, references: References): PolicyDocument[] {
  const id = isJsonObject(arn) && typeof arn.Ref === 'string' ? arn.Ref : '';
  const own = template.Resources[id];
  return own?.Type === 'AWS::IAM::ManagedPolicy'
    ? [documentOf(own.Properties?.PolicyDocument, references)]
    : [documentOf(managedPolicyOf(resolveIntrinsics(arn, references) as string), references)];
}

/** Without the statements on other services: what they refer to need not exist here. */
const documentOf = (document: unknown, references: References): PolicyDocument => ({
  Statement: statementsOf(document)
    .filter(isOfConcern)
    .map(statement => resolveIntrinsics(statement, references) as Record<string, unknown>),
});

function isOfConcern(statement: unknown): boolean {
  // Everything but what it names: that may be anything.
  if (!isJsonObject(statement) || statement.Action === undefined) return true;
  const prefixes = stringsOf('Action', statement.Action).map(action => action.split(':')[0] ?? '');
  return prefixes.some(prefix => services.some(wildcard(prefix, {ignoreCase: true})));
}

/** By the URL of their queue. @throws Error naming the logical ID of what cannot be read */
export function queuePoliciesOf(template: Template, references: References): ReadonlyMap<string, unknown> {
  const policies = new Map<string, unknown>();
  for (const [id, {Type: type, Properties: policy = {}}] of Object.entries(template.Resources)) {
    if (type !== 'AWS::SQS::QueuePolicy') continue;
    within(id, () => {
      const document = resolveIntrinsics(policy.PolicyDocument, references);
      const urls = stringsOf('Queues', resolveIntrinsics(policy.Queues, references));
      for (const url of urls) policies.set(url, document);
    });
  }
  return policies;
}

function within<T>(logicalId: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${logicalId}: ${(error as Error).message}`, {cause: error});
  }
}
