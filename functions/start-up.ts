// What both functions have at hand, made once for each environment.

import {namesOf} from '../shared/names.ts';
import {sqsClient, ssmClient} from './clients.ts';
import {type Environment, readEnvironment} from './environment.ts';
import {log} from './log.ts';
import {Queues} from './queues.ts';
import {Results} from './results.ts';
import {SettingsSource} from './settings-source.ts';
import {Visibility} from './visibility.ts';

export interface Parts {
  readonly environment: Environment;
  readonly queues: Queues;
  readonly results: Results;
  readonly settings: SettingsSource;
  readonly visibility: Visibility;
}

/** @throws Error when the environment lacks something: Lambda then reports that the function cannot start */
export function startUp(): Parts {
  const environment = readEnvironment();
  const {resultUrls: stageUrls, waitingUrl, stage, settingsMaxAgeMs: maxAgeMs} = environment;
  const queues = new Queues(sqsClient());
  const {parameterPath: path} = namesOf(stage);
  return {
    environment,
    queues,
    results: new Results({queues, stageUrls, waitingUrl, log}),
    settings: new SettingsSource({client: ssmClient(), path, log, maxAgeMs}),
    visibility: new Visibility({queues, urlOf: sourceUrls(environment), log, now: Date.now}),
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
