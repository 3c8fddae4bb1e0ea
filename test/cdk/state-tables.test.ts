import {expect, test} from 'vitest';
import {stackWith} from './stack-under-test.ts';

const key = (AttributeName: string, KeyType: string) => ({AttributeName, KeyType});
const text = (AttributeName: string) => ({AttributeName, AttributeType: 'S'});

test('the tables for state are two, paid for by the request, whose items expire, and which go with the stack', () => {
  const common = {
    BillingMode: 'PAY_PER_REQUEST',
    TimeToLiveSpecification: {AttributeName: 'expiresAt', Enabled: true},
  };
  const tables = stackWith().all('AWS::DynamoDB::Table');
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
