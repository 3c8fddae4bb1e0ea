// The log groups of a template, and the queries that are saved for them. A query is checked and not run: there is no Logs
// Insights here. Limits: PutIndexPolicy and PutQueryDefinition (CloudWatch Logs API reference).

import {isJsonObject} from '../json.ts';
import {type Properties, refuseUnknown, stringOf} from '../template/properties.ts';
import type {TemplatePart, TemplateReader} from '../template/reader.ts';

interface LogGroupResource {
  name: string;
  retentionInDays?: number;
}

export interface LogsResources {
  logGroups: LogGroupResource[];
}

export const logsTemplate: TemplatePart<LogsResources> = {
  identities: {
    'AWS::Logs::LogGroup': {
      nameProperty: 'LogGroupName',
      of: (name, {region, accountId}) => ({
        ref: name,
        attributes: {Arn: `arn:aws:logs:${region}:${accountId}:log-group:${name}:*`},
      }),
    },
  },
  nameless: ['AWS::Logs::QueryDefinition'],
  read: reader => {
    const logGroups = reader.each(
      'AWS::Logs::LogGroup',
      (logicalId, {RetentionInDays: days, FieldIndexPolicies: policies}, references) => {
        if (policies !== undefined) checkIndexes(policies);
        return {
          name: references.ref(logicalId) as string,
          ...(days === undefined ? {} : {retentionInDays: Number(days)}),
        };
      },
    );
    checkQueries(reader);
    return {logGroups};
  },
};

function checkQueries(reader: TemplateReader): void {
  const names = reader.each('AWS::Logs::QueryDefinition', (_, properties) => {
    refuseUnknown(properties, ['Name', 'QueryString', 'LogGroupNames']);
    if (stringOf(properties, 'QueryString').length > 10_000)
      throw new Error('QueryString must have at most 10000 characters');
    for (const group of listOf(properties, 'LogGroupNames')) {
      if (!/^[\w.\-/#]{1,512}$/.test(group))
        throw new Error(`${JSON.stringify(group)} is no name of a log group`);
    }
    const name = stringOf(properties, 'Name');
    // What the pattern of CloudFormation's resource type, ^([^:*\/]+\/?)*[^:*\/]+$, lets pass.
    if (name.length > 255 || !name.split('/').every(part => /^[^:*]+$/.test(part)))
      throw new Error(
        'Name must have at most 255 characters, none of them : or *, and a name in each folder',
      );
    return name;
  });
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two saved queries are called ${twice}`);
}

/** @throws Error */
function checkIndexes(policies: unknown): void {
  if (!Array.isArray(policies) || policies.length > 1 || !policies.every(isJsonObject))
    throw new Error('FieldIndexPolicies must be a list of one policy at most');
  for (const policy of policies as Properties[]) {
    refuseUnknown(policy, ['Fields']);
    const fields = listOf(policy, 'Fields');
    if (fields.length > 20) throw new Error('a field index policy has 20 Fields at most');
    const bad = fields.find(field => field === '' || field.length > 100);
    if (bad !== undefined) throw new Error('a field of an index has a name of 1 to 100 characters');
  }
}

function listOf(properties: Properties, name: string): readonly string[] {
  const value = properties[name] ?? [];
  if (Array.isArray(value) && value.every(item => typeof item === 'string')) return value;
  throw new Error(`${name} must be a list of strings`);
}
