// What execution environments have to know of each other: two tables, paid for by the request, so that a stage that does
// not use them pays nothing.

import {RemovalPolicy} from 'aws-cdk-lib';
import {AttributeType, BillingMode, Table, type TableProps} from 'aws-cdk-lib/aws-dynamodb';
import type {Construct} from 'constructs';
import {type Names, receiversKey, stateExpiry, stateKey} from '../shared/names.ts';
import {acknowledge} from './acknowledgements.ts';

export interface StateTables {
  /** The next slot of each receiver that has a rate. */
  readonly slots: Table;
  /** Receivers in trouble, in one list. */
  readonly receivers: Table;
}

/** They stand in the stack itself: a table with a name cannot be made anew under another logical ID. */
export function stateTables(stack: Construct, names: Names): StateTables {
  const {STRING: type} = AttributeType;
  return {
    slots: table(stack, 'State', {tableName: names.state, partitionKey: {name: stateKey, type}}),
    receivers: table(stack, 'Receivers', {
      tableName: names.receivers,
      partitionKey: {name: receiversKey.list, type},
      sortKey: {name: receiversKey.receiver, type},
    }),
  };
}

function table(stack: Construct, id: string, props: TableProps): Table {
  const made = new Table(stack, id, {
    ...props,
    timeToLiveAttribute: stateExpiry,
    billingMode: BillingMode.PAY_PER_REQUEST,
    // Its items are about the next hour. Without them, receivers begin as if they had been at rest.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  acknowledge(made, 'DDB3', 'Its items are worth nothing an hour later.');
  return made;
}
