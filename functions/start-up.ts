// What both functions have at hand, made once for each environment.

import {namesOf} from '../shared/names.ts';
import {sqsClient, ssmClient} from './clients.ts';
import {type Environment, readEnvironment} from './environment.ts';
import {log} from './log.ts';
import {Queues} from './queues.ts';
import {Results} from './results.ts';
import {SettingsSource} from './settings-source.ts';

export interface Parts {
  readonly environment: Environment;
  readonly queues: Queues;
  readonly results: Results;
  readonly settings: SettingsSource;
}

/** @throws Error when the environment lacks something: Lambda then reports that the function cannot start */
export function startUp(): Parts {
  const environment = readEnvironment();
  const {resultUrls: stageUrls, outboxUrl, stage, settingsMaxAgeMs: maxAgeMs} = environment;
  const queues = new Queues(sqsClient());
  const {parameterPath: path} = namesOf(stage);
  return {
    environment,
    queues,
    results: new Results({queues, stageUrls, outboxUrl, log}),
    settings: new SettingsSource({client: ssmClient(), path, log, maxAgeMs}),
  };
}
