// The suppression list: a table that is kept, whatever becomes of the stack, and that can be set back to any second of the
// last 35 days. Paid for by the request, so that a stage that does not use it pays nothing.

import {AttributeType, BillingMode, Table} from 'aws-cdk-lib/aws-dynamodb';
import type {Construct} from 'constructs';
import {type Names, stateExpiry, suppressionKey} from '../shared/names.ts';
import {type Options, removalPolicyOf} from './options.ts';

/** It stands in the stack itself: a table with a name cannot be made anew under another logical ID. */
export const suppressionTable = (stack: Construct, names: Names, options: Pick<Options, 'retain'>): Table =>
  new Table(stack, 'Suppressions', {
    tableName: names.suppressions,
    partitionKey: {name: suppressionKey, type: AttributeType.STRING},
    timeToLiveAttribute: stateExpiry,
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: {pointInTimeRecoveryEnabled: true},
    // Who has complained must not be written to because a stack was made anew.
    removalPolicy: removalPolicyOf(options),
  });
