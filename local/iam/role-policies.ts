// The roles of a template's functions with all of their policies: inline, attached and managed. What a statement means
// is the business of statement.ts.

import {isJsonObject} from '../json.ts';
import type {FunctionResource} from '../lambda/function-resource.ts';
import {services} from '../services.ts';
import {type References, resolveIntrinsics} from '../template/intrinsic-functions.ts';
import {type Template, type TemplateReader, within} from '../template/reader.ts';
import {managedPolicyOf} from './managed-policies.ts';
import {wildcard} from './pattern.ts';
import type {PolicyDocument, RoleResource} from './role-resource.ts';
import {statementsOf, stringsOf} from './statement.ts';

/** The prefixes of the actions that are authorised here. */
const prefixesHere = [...services.map(({name}) => name), 'kms'];

/** The roles that the functions run under. @throws Error with the logical ID of what cannot be read */
export function rolesOf(
  {template, references}: TemplateReader,
  functions: readonly FunctionResource[],
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

/** Policies that are resources of their own, and the property that names their roles. */
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

/** Leaves out the statements on other services: what they refer to need not exist here. */
const documentOf = (document: unknown, references: References): PolicyDocument => ({
  Statement: statementsOf(document)
    .filter(isOfConcern)
    .map(statement => resolveIntrinsics(statement, references) as Record<string, unknown>),
});

function isOfConcern(statement: unknown): boolean {
  // NotAction: everything but what it names.
  if (!isJsonObject(statement) || statement.Action === undefined) return true;
  const prefixes = stringsOf('Action', statement.Action).map(action => action.split(':')[0] ?? '');
  return prefixes.some(prefix => prefixesHere.some(wildcard(prefix, {ignoreCase: true})));
}
