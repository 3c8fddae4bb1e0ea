import {expect, test} from 'vitest';
import {stackWith} from './stack-under-test.ts';

const key = (AttributeName: string, KeyType: string) => ({AttributeName, KeyType});
const tablesWhere = (is: (name: unknown) => boolean) =>
  stackWith()
    .all('AWS::DynamoDB::Table')
    .filter(({Properties: {TableName}}) => is(TableName));
const text = (AttributeName: string) => ({AttributeName, AttributeType: 'S'});

test('the tables for state are two, paid for by the request, whose items expire, and which go with the stack', () => {
  const common = {
    BillingMode: 'PAY_PER_REQUEST',
    TimeToLiveSpecification: {AttributeName: 'expiresAt', Enabled: true},
  };
  const tables = tablesWhere(name => name !== 'relayq-dev-suppressions');
  expect(tables.map(({DeletionPolicy, Properties}) => ({DeletionPolicy, Properties}))).toEqual([
    {
      DeletionPolicy: 'Delete',
      Properties: {
        ...common,
        TableName: 'relayq-dev-state',
        KeySchema: [key('id', 'HASH')],
        AttributeDefinitions: [text('id')],
      },
    },
    {
      DeletionPolicy: 'Delete',
      Properties: {
        ...common,
        TableName: 'relayq-dev-receivers',
        KeySchema: [key('list', 'HASH'), key('receiver', 'RANGE')],
        AttributeDefinitions: [text('list'), text('receiver')],
      },
    },
  ]);
});

test('the suppression list is a table that is kept, with a backup of each second, and costs nothing unused', () => {
  const tables = tablesWhere(name => name === 'relayq-dev-suppressions');
  expect(
    tables.map(({DeletionPolicy, UpdateReplacePolicy, Properties}) => ({
      DeletionPolicy,
      UpdateReplacePolicy,
      Properties,
    })),
  ).toEqual([
    {
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        TableName: 'relayq-dev-suppressions',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [key('who', 'HASH')],
        AttributeDefinitions: [text('who')],
        PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: true},
        TimeToLiveSpecification: {AttributeName: 'expiresAt', Enabled: true},
      },
    },
  ]);
});
