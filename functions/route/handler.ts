// route: takes messages from the outbox, and those that have waited; answers the bad ones and puts the others into their
// queues.

import {due} from '../../shared/delivery/gates/due.ts';
import {expiry} from '../../shared/delivery/gates/expiry.ts';
import {settingsKnown} from '../../shared/delivery/gates/settings-known.ts';
import {outcomeLog} from '../outcome/outcome-log.ts';
import {OutcomeWriter} from '../outcome/outcome-writer.ts';
import {oversizeTexts} from '../outcome/oversize-texts.ts';
import {batchHandler} from '../runtime/batch.ts';
import {log} from '../runtime/log.ts';
import {startUp} from '../start-up.ts';
import {routeBatch} from './route-batch.ts';

const {environment, sqs, results, settings, visibility} = startUp();
const {waitingUrl, outboxOversizeUrl} = environment;
const listeners = [outcomeLog(log), oversizeTexts(sqs, outboxOversizeUrl), results];
const writer = new OutcomeWriter({sqs, waitingUrl, listeners});
const gates = [expiry, due, settingsKnown];

export const handler = batchHandler({source: settings, visibility, log}, (records, current) =>
  routeBatch(records, current, {gates, writer, sqs, results, environment, log, now: Date.now}),
);
