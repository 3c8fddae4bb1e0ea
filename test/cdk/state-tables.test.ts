import {expect, test} from 'vitest';
import {stackWith} from './stack-under-test.ts';

test('there is one table for state, paid for by the request, whose items expire, and which goes with the stack', () => {
  const [table, ...others] = stackWith().all('AWS::DynamoDB::Table');
  expect(others).toEqual([]);
  expect(table).toMatchObject({
    DeletionPolicy: 'Delete',
    Properties: {
      TableName: 'relayq-dev-state',
      KeySchema: [{AttributeName: 'id', KeyType: 'HASH'}],
      AttributeDefinitions: [{AttributeName: 'id', AttributeType: 'S'}],
      BillingMode: 'PAY_PER_REQUEST',
      TimeToLiveSpecification: {AttributeName: 'expiresAt', Enabled: true},
    },
  });
});
