// deliver: takes messages from the delivery queue, sends each one over SMTP, and settles its outcome.

import {expiry} from '../../shared/delivery/gates/expiry.ts';
import {rate} from '../../shared/delivery/gates/rate.ts';
import {settingsKnown} from '../../shared/delivery/gates/settings-known.ts';
import type {Message} from '../../shared/message/message.ts';
import {localStage, namesOf, needs} from '../../shared/names.ts';
import {contentOf} from '../../shared/smtp/content.ts';
import {outcomeLog} from '../outcome/outcome-log.ts';
import {OutcomeWriter} from '../outcome/outcome-writer.ts';
import {setUpComplaints} from '../outcome/set-up-complaints.ts';
import {Settler} from '../outcome/settler.ts';
import {batchHandler} from '../runtime/batch.ts';
import {dynamoDbClient} from '../runtime/clients.ts';
import {readEnvironment} from '../runtime/environment.ts';
import {log} from '../runtime/log.ts';
import {startUp} from '../start-up.ts';
import {deliverBatch} from './deliver-batch.ts';
import {StsPolicies} from './next-hop/mta-sts-policies.ts';
import {NextHops} from './next-hop/next-hops.ts';
import {Connections} from './pace/connections.ts';
import {RateLimits} from './pace/rate-limits.ts';
import {SlotTable} from './pace/slot-table.ts';
import {Troubles} from './pace/troubles.ts';

const environment = readEnvironment(needs.deliver);
const {stage, waitingUrl, deliveryUrl} = environment;
const {sqs, results, settings, visibility} = startUp(environment, [deliveryUrl]);
const complaints = setUpComplaints(log, () => settings.expire());
const listeners = [outcomeLog(log), complaints, results];
const writer = new OutcomeWriter({sqs, waitingUrl, listeners});
const rateLimits = new RateLimits(new SlotTable(dynamoDbClient(), namesOf(stage).state), log);
const policies = new StsPolicies({log, now: Date.now});
const parts = {
  gates: [expiry, settingsKnown, rate((candidates, now) => rateLimits.waitsOf(candidates, now))],
  settler: new Settler({writer, sqs, deliveryUrl, log}),
  connections: new Connections(Date.now),
  troubles: new Troubles(),
  nextHops: new NextHops({policies, now: Date.now, random: Math.random, anywhere: stage === localStage}),
  contentOf: async ({text}: Message) => contentOf(text),
  visibility,
  log,
  now: Date.now,
};

export const handler = batchHandler(
  {source: settings, visibility, log, backsOff: true},
  (records, current, remainingMs) => deliverBatch(records, current, remainingMs, parts),
);
