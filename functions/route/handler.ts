// route: takes messages from the outbox, answers the bad ones, and puts the others into their queues.

import {namesOf} from '../../shared/names.ts';
import {batchHandler} from '../batch.ts';
import {sqsClient, ssmClient} from '../clients.ts';
import {readEnvironment} from '../environment.ts';
import {log} from '../log.ts';
import {Queues} from '../queues.ts';
import {Results} from '../results.ts';
import {SettingsSource} from '../settings-source.ts';
import {routeBatch} from './route-batch.ts';

const environment = readEnvironment();
const queues = new Queues(sqsClient());
const {resultUrls: stageUrls, outboxUrl} = environment;
const results = new Results({queues, stageUrls, outboxUrl, log});
const settings = new SettingsSource({
  client: ssmClient(),
  path: namesOf(environment.stage).parameterPath,
  log,
  maxAgeMs: environment.settingsMaxAgeMs,
});

export const handler = batchHandler({source: settings, log}, (records, current) =>
  routeBatch(records, current, {queues, results, urls: environment, log, now: Date.now}),
);
