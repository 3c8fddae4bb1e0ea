// deliver: takes messages from the delivery queue, sends each one over SMTP, and settles its fate.

import {namesOf} from '../../shared/names.ts';
import {batchHandler} from '../batch.ts';
import {sqsClient, ssmClient} from '../clients.ts';
import {readEnvironment} from '../environment.ts';
import {log} from '../log.ts';
import {Queues} from '../queues.ts';
import {Results} from '../results.ts';
import {SettingsSource} from '../settings-source.ts';
import {deliverBatch} from './deliver-batch.ts';

const environment = readEnvironment();
const queues = new Queues(sqsClient());
const results = new Results(queues, environment.resultUrls, log);
const settings = new SettingsSource({
  client: ssmClient(),
  path: namesOf(environment.stage).parameterPath,
  log,
  maxAgeMs: environment.settingsMaxAgeMs,
});

export const handler = batchHandler(settings, log, (records, current, remainingMs) =>
  deliverBatch(records, current, remainingMs, {
    queues,
    results,
    urls: environment,
    log,
    now: Date.now,
    random: Math.random,
    onRefusedCredentials: () => settings.expire(),
  }),
);
