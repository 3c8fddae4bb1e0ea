// The tables of a template.

import type {References} from '../template/intrinsic-functions.ts';
import {type Properties, refuseUnknown} from '../template/properties.ts';
import type {TemplatePart} from '../template/reader.ts';

export interface TableResource {
  logicalId: string;
  name: string;
  /** The attribute that is its partition key, a string. */
  key: string;
  /** The attribute that is its sort key, a string. */
  sortKey?: string;
  /** The attribute that says when an item may be deleted. */
  expiry?: string;
}

export interface DynamoDbResources {
  tables: TableResource[];
}

export const dynamoDbTemplate: TemplatePart<DynamoDbResources> = {
  identities: {
    'AWS::DynamoDB::Table': {
      nameProperty: 'TableName',
      of: (name, {region, accountId}) => ({
        ref: name,
        attributes: {Arn: `arn:aws:dynamodb:${region}:${accountId}:table/${name}`},
      }),
    },
  },
  read: reader => ({tables: reader.each('AWS::DynamoDB::Table', tableOf)}),
};

const tableProperties = [
  'AttributeDefinitions',
  'BillingMode',
  'DeletionProtectionEnabled',
  'KeySchema',
  'PointInTimeRecoverySpecification',
  'SSESpecification',
  'TableName',
  'Tags',
  'TimeToLiveSpecification',
];

function tableOf(logicalId: string, properties: Properties, references: References): TableResource {
  refuseUnknown(properties, tableProperties);
  const [key, sortKey] = keysOf(properties);
  if (properties.BillingMode !== 'PAY_PER_REQUEST')
    throw new Error('the local cloud knows on-demand tables only: BillingMode PAY_PER_REQUEST');
  const {Enabled: expires, AttributeName: expiry} = (properties.TimeToLiveSpecification ?? {}) as {
    Enabled?: boolean;
    AttributeName?: string;
  };
  return {
    logicalId,
    name: references.ref(logicalId) as string,
    key,
    ...(sortKey !== undefined && {sortKey}),
    ...(expires && expiry !== undefined && {expiry}),
  };
}

/** The partition key, and the sort key if there is one. */
function keysOf({KeySchema: schema, AttributeDefinitions: definitions}: Properties): [string, string?] {
  type Schema = readonly {AttributeName: string; KeyType?: string; AttributeType?: string}[];
  const keys = (schema ?? []) as Schema;
  const defined = (definitions ?? []) as Schema;
  const isString = (name: string) =>
    defined.some(({AttributeName, AttributeType}) => AttributeName === name && AttributeType === 'S');
  const kinds = keys.map(({KeyType}) => KeyType).join(' ');
  const names = keys.map(({AttributeName}) => AttributeName);
  if (!['HASH', 'HASH RANGE'].includes(kinds) || !names.every(isString))
    throw new Error('the local cloud knows tables with a partition key, and a sort key or none, of type S');
  if (defined.length !== keys.length)
    throw new Error('KeySchema and AttributeDefinitions do not have the same attributes');
  return names as [string, string?];
}
