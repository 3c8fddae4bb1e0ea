// route: takes messages from the outbox, and those that have waited; answers the bad ones and puts the others into their
// queues.

import {namesOf, needs} from '../../shared/names.ts';
import {BatchReport} from '../outcome/batch-report.ts';
import {outcomeLog} from '../outcome/outcome-log.ts';
import {oversizeTexts} from '../outcome/oversize-texts.ts';
import {batchHandler} from '../runtime/batch.ts';
import {readEnvironment} from '../runtime/environment.ts';
import {log} from '../runtime/log.ts';
import {startUp} from '../start-up.ts';
import {lookUpIn} from '../suppression/look-up.ts';
import {Crowd} from './crowd.ts';
import {routeGates} from './gates.ts';
import {routeBatch} from './route-batch.ts';
import {textSteps} from './text-steps.ts';

const environment = readEnvironment(needs.route);
const {stage, outboxUrl, waitingUrl, waitingSoonUrl, outboxOversizeUrl, deliveryUrl, deliverySlowUrl} =
  environment;
const {sqs, dynamoDb, results, settings, visibility, receivers, slots, groups, writerWith} = startUp(
  environment,
  [outboxUrl, waitingUrl, waitingSoonUrl],
);
const now = Date.now;
const report = new BatchReport({function: 'route', stage, log, now});
const listeners = [outcomeLog(log), report.listener, oversizeTexts(sqs, outboxOversizeUrl), results];
const writer = writerWith(listeners);
const crowd = new Crowd({sqs, urls: {fast: deliveryUrl, slow: deliverySlowUrl}, log});
const suppressed = lookUpIn(dynamoDb, namesOf(stage).suppressions, log);
const gates = routeGates({receivers, slots, suppressed, crowd, log, now});

const parts = {textSteps, gates, receivers, groups, writer, sqs, results, environment, report, log, now};

export const handler = batchHandler(
  {source: settings, visibility, receivers, report, log},
  (records, current) => routeBatch(records, current, parts),
);
