// route: takes messages from the outbox, and those that have waited; answers the bad ones and puts the others into their
// queues.

import {due} from '../../shared/delivery/gates/due.ts';
import {expiry} from '../../shared/delivery/gates/expiry.ts';
import {settingsKnown} from '../../shared/delivery/gates/settings-known.ts';
import {needs} from '../../shared/names.ts';
import {outcomeLog} from '../outcome/outcome-log.ts';
import {OutcomeWriter} from '../outcome/outcome-writer.ts';
import {oversizeTexts} from '../outcome/oversize-texts.ts';
import {batchHandler} from '../runtime/batch.ts';
import {readEnvironment} from '../runtime/environment.ts';
import {log} from '../runtime/log.ts';
import {startUp} from '../start-up.ts';
import {compose} from './compose.ts';
import type {TextSteps} from './read-message.ts';
import {routeBatch} from './route-batch.ts';

const environment = readEnvironment(needs.route);
const {outboxUrl, waitingUrl, outboxOversizeUrl} = environment;
const {sqs, results, settings, visibility} = startUp(environment, [outboxUrl, waitingUrl]);
const listeners = [outcomeLog(log), oversizeTexts(sqs, outboxOversizeUrl), results];
const writer = new OutcomeWriter({sqs, waitingUrl, listeners});
const gates = [expiry, due, settingsKnown];
const textSteps: TextSteps = [compose];

export const handler = batchHandler({source: settings, visibility, log}, (records, current) =>
  routeBatch(records, current, {textSteps, gates, writer, sqs, results, environment, log, now: Date.now}),
);
