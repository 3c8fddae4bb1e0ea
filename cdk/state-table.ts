// What execution environments have to know of each other: one table, paid for by the request, so that a stage that does
// not use it pays nothing.

import {RemovalPolicy} from 'aws-cdk-lib';
import {AttributeType, BillingMode, Table} from 'aws-cdk-lib/aws-dynamodb';
import type {Construct} from 'constructs';
import {type Names, stateExpiry, stateKey} from '../shared/names.ts';
import {acknowledge} from './acknowledgements.ts';

export function stateTable(scope: Construct, id: string, names: Names): Table {
  const table = new Table(scope, id, {
    tableName: names.state,
    partitionKey: {name: stateKey, type: AttributeType.STRING},
    timeToLiveAttribute: stateExpiry,
    billingMode: BillingMode.PAY_PER_REQUEST,
    // Its items are about the next quarter of an hour. Without them, receivers begin as if they had been at rest.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledge(table, 'DDB3', 'Its items are worth nothing a quarter of an hour later.');
  return table;
}
