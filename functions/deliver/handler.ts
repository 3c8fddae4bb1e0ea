// deliver: takes messages from the delivery queues, sends each one over SMTP, and settles its outcome.

import type {SQSEvent, SQSRecord} from 'aws-lambda';
import type {DeliveryQueue} from '../../shared/delivery/receivers/placement.ts';
import {localStage, namesOf, needs} from '../../shared/names.ts';
import {BatchReport} from '../outcome/batch-report.ts';
import {hardBounces} from '../outcome/hard-bounces.ts';
import {outcomeLog} from '../outcome/outcome-log.ts';
import {setUpComplaints} from '../outcome/set-up-complaints.ts';
import {Settler} from '../outcome/settler.ts';
import {IdleLeases} from '../receivers/idle-leases.ts';
import {MarkTable} from '../receivers/mark-table.ts';
import {batchHandler} from '../runtime/batch.ts';
import {readEnvironment} from '../runtime/environment.ts';
import {log} from '../runtime/log.ts';
import {queueNameOf} from '../runtime/record.ts';
import {timer} from '../runtime/timer.ts';
import {startUp} from '../start-up.ts';
import {BounceCounter} from '../suppression/bounce-counter.ts';
import {type DeliverParts, deliverBatch} from './deliver-batch.ts';
import {KeyStore} from './dkim/key-store.ts';
import {Signer} from './dkim/signer.ts';
import {deliverGates, steering} from './gates.ts';
import {Hiding} from './hiding.ts';
import {StsPolicies} from './next-hop/mta-sts-policies.ts';
import {NextHops} from './next-hop/next-hops.ts';
import {Connections} from './pace/connections.ts';
import {Troubles} from './pace/troubles.ts';
import {isProbe, type ProbeEvent, probe} from './port-probe.ts';
import {Suspects} from './suspects.ts';

const environment = readEnvironment(needs.deliver);
const {stage, deliveryUrl, deliverySlowUrl, deliveryDlqUrl} = environment;
const {sqs, ssm, dynamoDb, results, settings, visibility, receivers, slots, writerWith} = startUp(
  environment,
  [deliveryUrl, deliverySlowUrl],
);
const complaints = setUpComplaints(log, () => settings.expire());
const report = new BatchReport({function: 'deliver', stage, log, now: Date.now});
const names = namesOf(stage);
const counter = new BounceCounter(dynamoDb, names.suppressions, Date.now);
const listeners = [outcomeLog(log), report.listener, complaints, results, hardBounces(counter, log)];
const writer = writerWith(listeners);
const policies = new StsPolicies({log, now: Date.now});
const leases = new IdleLeases({client: dynamoDb, tableName: names.receivers, log, now: Date.now});
const keys = new KeyStore({client: ssm, path: names.dkimPath, log, now: Date.now});
const signer = new Signer({keys, now: Date.now});
const newest = () => settings.newest;
const common = {
  gates: deliverGates({receivers, slots, signer, log, newest}),
  steering: steering(newest),
  renewSettings: () => settings.renew(),
  connections: new Connections(Date.now, leases),
  leases,
  troubles: new Troubles(),
  receivers,
  nextHops: new NextHops({policies, now: Date.now, random: Math.random, anywhere: stage === localStage}),
  contentOf: signer.contentOf,
  visibility,
  log,
  now: Date.now,
};
const marks = new MarkTable(dynamoDb, names.receivers);

const takeFrom = (deliveryQueue: DeliveryQueue, queueUrl: string) => {
  const parts: DeliverParts = {
    ...common,
    deliveryQueue,
    settler: new Settler({writer, sqs, deliveryUrl: queueUrl, log, timer}),
    hiding: new Hiding({sqs, queueUrl, visibility, log, now: Date.now, random: Math.random}),
  };
  return {
    parts,
    suspects: new Suspects({sqs, marks, queueUrl, deadLettersUrl: deliveryDlqUrl, visibility, log}),
  };
};
const queues = {
  [names.delivery]: takeFrom('fast', deliveryUrl),
  [names.deliverySlow]: takeFrom('slow', deliverySlowUrl),
};

const deliverMail = batchHandler(
  {source: settings, visibility, receivers, report, log, backsOff: true},
  async (records, current, remainingMs) => {
    if (records.length === 0) return [];
    const {parts, suspects} = queues[queueNameOf(records[0]!)]!;
    const deliver = (these: readonly SQSRecord[]) => deliverBatch(these, current, remainingMs, parts);
    return suspects.deliver(records, deliver);
  },
);

/** Lambda hands over batches; a person may hand over a probe. */
export const handler = (event: SQSEvent | ProbeEvent, context: Parameters<typeof deliverMail>[1]) =>
  isProbe(event)
    ? probe(event, {settings, nextHops: common.nextHops, log, now: Date.now})
    : deliverMail(event, context);
