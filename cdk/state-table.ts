// What function environments have to know of each other: one table, paid for by the request, so that a stage with no
// use for it pays nothing.

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
    // It is about the next quarter of an hour: without it, queues begin as if they had been at rest.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledge(table, 'DDB3', 'What it holds is worth nothing a quarter of an hour later.');
  return table;
}
