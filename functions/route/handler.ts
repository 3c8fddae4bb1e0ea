// route: takes messages from the outbox and those that have waited, answers the bad ones, and puts the others into
// their sqs.

import {batchHandler} from '../runtime/batch.ts';
import {log} from '../runtime/log.ts';
import {startUp} from '../start-up.ts';
import {routeBatch} from './route-batch.ts';

const {environment, sqs, results, settings, visibility} = startUp();

export const handler = batchHandler({source: settings, visibility, log}, (records, current) =>
  routeBatch(records, current, {sqs, results, urls: environment, log, now: Date.now}),
);
