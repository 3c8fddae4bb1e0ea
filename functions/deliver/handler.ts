// deliver: takes messages from the delivery queue, sends each one over SMTP, and settles its fate.

import type {SQSRecord} from 'aws-lambda';
import {localStage, namesOf} from '../../shared/names.ts';
import {Settler} from '../outcome/settler.ts';
import {batchHandler} from '../runtime/batch.ts';
import {dynamoDbClient} from '../runtime/clients.ts';
import {log} from '../runtime/log.ts';
import {startUp} from '../start-up.ts';
import {backOffSeconds, comeAgain, deliverBatch} from './deliver-batch.ts';
import {StsPolicies} from './next-hop/mta-sts-policies.ts';
import {NextHops} from './next-hop/next-hops.ts';
import {Connections} from './pace/connections.ts';
import {RateLimits} from './pace/rate-limits.ts';
import {Sites} from './pace/sites.ts';
import {SlotTable} from './pace/slot-table.ts';

const {environment, sqs, results, settings, visibility} = startUp();
const connections = new Connections(Date.now);
const sites = new Sites();
const policies = new StsPolicies({log, now: Date.now});
const anywhere = environment.stage === localStage;
const nextHops = new NextHops({policies, now: Date.now, random: Math.random, anywhere});
const slots = new SlotTable(dynamoDbClient(), namesOf(environment.stage).state);
const rateLimits = new RateLimits(slots, log);
const settler = new Settler({sqs, results, urls: environment, log});

const {deliveryUrl} = environment;
const onFailed = (records: readonly SQSRecord[], remainingMs: number) =>
  comeAgain(records, backOffSeconds(remainingMs), {sqs, deliveryUrl, log});

export const handler = batchHandler(
  {source: settings, visibility, log, onFailed},
  (records, current, remainingMs) =>
    deliverBatch(records, current, remainingMs, {
      sqs,
      settler,
      connections,
      sites,
      rateLimits,
      nextHops,
      deliveryUrl,
      log,
      now: Date.now,
      onRefusedCredentials: () => settings.expire(),
    }),
);
