// What both functions have at hand, made once for each environment.

import {namesOf} from '../shared/names.ts';
import {Results} from './outcome/results.ts';
import {sqsClient, ssmClient} from './runtime/clients.ts';
import {type Environment, readEnvironment} from './runtime/environment.ts';
import {log} from './runtime/log.ts';
import {SettingsSource} from './runtime/settings-source.ts';
import {Sqs} from './runtime/sqs.ts';
import {Visibility} from './runtime/visibility.ts';

export interface Parts {
  readonly environment: Environment;
  readonly sqs: Sqs;
  readonly results: Results;
  readonly settings: SettingsSource;
  readonly visibility: Visibility;
}

/** @throws Error when the environment lacks something: Lambda then reports that the function cannot start */
export function startUp(): Parts {
  const environment = readEnvironment();
  const {resultUrls: stageUrls, waitingUrl, stage, settingsMaxAgeMs: maxAgeMs} = environment;
  const sqs = new Sqs(sqsClient());
  const {parameterPath: path} = namesOf(stage);
  return {
    environment,
    sqs,
    results: new Results({sqs, stageUrls, waitingUrl, log}),
    settings: new SettingsSource({client: ssmClient(), path, log, maxAgeMs}),
    visibility: new Visibility({sqs, urlOf: sourceUrls(environment), log, now: Date.now}),
  };
}

/** The URL of a queue that a function takes from, by its name. */
function sourceUrls({outboxUrl, waitingUrl, deliveryUrl}: Environment): (queueName: string) => string {
  const urls = [outboxUrl, waitingUrl, deliveryUrl];
  return name => {
    const url = urls.find(each => each.endsWith(`/${name}`));
    if (url === undefined) throw new Error(`${name} is no queue of this stage`);
    return url;
  };
}
