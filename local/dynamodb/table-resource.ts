// The tables of a template.

import type {References} from '../template/intrinsic-functions.ts';
import {type Properties, refuseUnknown} from '../template/properties.ts';
import type {TemplatePart} from '../template/reader.ts';

export interface TableResource {
  logicalId: string;
  name: string;
  /** The attribute that is its partition key, a string. */
  key: string;
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
  'KeySchema',
  'PointInTimeRecoverySpecification',
  'SSESpecification',
  'TableName',
  'Tags',
  'TimeToLiveSpecification',
];

function tableOf(logicalId: string, properties: Properties, references: References): TableResource {
  refuseUnknown(properties, tableProperties);
  type Keys = readonly {AttributeName: string; KeyType?: string; AttributeType?: string}[];
  const [key, ...others] = (properties.KeySchema ?? []) as Keys;
  const definition = ((properties.AttributeDefinitions ?? []) as Keys).find(
    ({AttributeName: name}) => name === key?.AttributeName,
  );
  if (key?.KeyType !== 'HASH' || others.length > 0 || definition?.AttributeType !== 'S')
    throw new Error('the local cloud knows tables with a partition key alone, of type S');
  if (properties.BillingMode !== 'PAY_PER_REQUEST')
    throw new Error('the local cloud knows on-demand tables only: BillingMode PAY_PER_REQUEST');
  const {Enabled: expires, AttributeName: expiry} = (properties.TimeToLiveSpecification ?? {}) as {
    Enabled?: boolean;
    AttributeName?: string;
  };
  return {
    logicalId,
    name: references.ref(logicalId) as string,
    key: key.AttributeName,
    ...(expires && expiry !== undefined && {expiry}),
  };
}
