// route: takes messages from the outbox, and those that have waited; answers the bad ones and puts the others into their
// queues.

import {admission, admissionLimitOf} from '../../shared/delivery/gates/admission.ts';
import {due} from '../../shared/delivery/gates/due.ts';
import {expiry} from '../../shared/delivery/gates/expiry.ts';
import {unansweredReceiver} from '../../shared/delivery/gates/receiver.ts';
import {settingsKnown} from '../../shared/delivery/gates/settings-known.ts';
import {needs} from '../../shared/names.ts';
import {BatchReport} from '../outcome/batch-report.ts';
import {outcomeLog} from '../outcome/outcome-log.ts';
import {oversizeTexts} from '../outcome/oversize-texts.ts';
import {RateLimits} from '../receivers/rate-limits.ts';
import {batchHandler} from '../runtime/batch.ts';
import {readEnvironment} from '../runtime/environment.ts';
import {log} from '../runtime/log.ts';
import {startUp} from '../start-up.ts';
import {compose} from './compose.ts';
import {Crowd} from './crowd.ts';
import type {TextSteps} from './read-message.ts';
import {routeBatch} from './route-batch.ts';

const environment = readEnvironment(needs.route);
const {stage, outboxUrl, waitingUrl, waitingSoonUrl, outboxOversizeUrl, deliveryUrl, deliverySlowUrl} =
  environment;
const {sqs, results, settings, visibility, receivers, slots, groups, writerWith} = startUp(environment, [
  outboxUrl,
  waitingUrl,
  waitingSoonUrl,
]);
const now = Date.now;
const report = new BatchReport({function: 'route', stage, log, now});
const listeners = [outcomeLog(log), report.listener, oversizeTexts(sqs, outboxOversizeUrl), results];
const writer = writerWith(listeners);
const limits = new RateLimits(slots, log, candidate =>
  admissionLimitOf(candidate, receivers.entryOf(candidate.destination.receiver), now()),
);
const crowd = new Crowd({sqs, urls: {fast: deliveryUrl, slow: deliverySlowUrl}, log});
const gates = [
  expiry,
  due,
  settingsKnown,
  unansweredReceiver(receivers),
  admission({
    entryOf: receiver => receivers.entryOf(receiver),
    treatmentOf: receiver => receivers.treatmentOf(receiver),
    crowd,
    waitsOf: (candidates, clock) => limits.waitsOf(candidates, clock),
  }),
];
const textSteps: TextSteps = [compose];

const parts = {textSteps, gates, receivers, groups, writer, sqs, results, environment, report, log, now};

export const handler = batchHandler(
  {source: settings, visibility, receivers, report, log},
  (records, current) => routeBatch(records, current, parts),
);
