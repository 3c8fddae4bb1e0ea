// deliver: takes messages from the delivery queue, sends each one over SMTP, and settles its fate.

import type {SQSRecord} from 'aws-lambda';
import {localStage, namesOf} from '../../shared/names.ts';
import {batchHandler} from '../batch.ts';
import {dynamoDbClient} from '../clients.ts';
import {log} from '../log.ts';
import {startUp} from '../start-up.ts';
import {Connections} from './connections.ts';
import {backOffSeconds, comeAgain, deliverBatch} from './deliver-batch.ts';
import {StsPolicies} from './mta-sts-policies.ts';
import {NextHops} from './next-hops.ts';
import {RateLimits} from './rate-limits.ts';
import {Settler} from './settler.ts';
import {Sites} from './sites.ts';
import {SlotTable} from './slot-table.ts';

const {environment, queues, results, settings, visibility} = startUp();
const connections = new Connections(Date.now);
const sites = new Sites();
const policies = new StsPolicies({log, now: Date.now});
const anywhere = environment.stage === localStage;
const nextHops = new NextHops({policies, now: Date.now, random: Math.random, anywhere});
const slots = new SlotTable(dynamoDbClient(), namesOf(environment.stage).state);
const rateLimits = new RateLimits(slots, log);
const settler = new Settler({queues, results, urls: environment, log});

const {deliveryUrl} = environment;
const onFailed = (records: readonly SQSRecord[], remainingMs: number) =>
  comeAgain(records, backOffSeconds(remainingMs), {queues, deliveryUrl, log});

export const handler = batchHandler(
  {source: settings, visibility, log, onFailed},
  (records, current, remainingMs) =>
    deliverBatch(records, current, remainingMs, {
      queues,
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
