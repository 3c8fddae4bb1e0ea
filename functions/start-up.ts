// What a function that settles mail has at hand, made once for each of its execution environments.

import {type MailVariable, namesOf} from '../shared/names.ts';
import {Results} from './outcome/results.ts';
import {sqsClient, ssmClient} from './runtime/clients.ts';
import type {Environment} from './runtime/environment.ts';
import {log} from './runtime/log.ts';
import {SettingsSource} from './runtime/settings-source.ts';
import {Sqs} from './runtime/sqs.ts';
import {Visibility} from './runtime/visibility.ts';

export interface MailParts {
  readonly sqs: Sqs;
  readonly results: Results;
  readonly settings: SettingsSource;
  readonly visibility: Visibility;
}

/** @param sourceUrls of the queues that the function takes from */
export function startUp(environment: Environment<MailVariable>, sourceUrls: readonly string[]): MailParts {
  const {stage, waitingUrl, settingsMaxAgeMs: maxAgeMs} = environment;
  const stageUrls = {
    results: environment.resultsUrl,
    success: environment.successUrl,
    failure: environment.failureUrl,
    retry: environment.retryUrl,
  };
  const {parameterPath: path} = namesOf(stage);
  const sqs = new Sqs(sqsClient());
  return {
    sqs,
    results: new Results({sqs, stageUrls, waitingUrl, log}),
    settings: new SettingsSource({client: ssmClient(), path, log, maxAgeMs}),
    visibility: new Visibility({sqs, sourceUrls, log, now: Date.now}),
  };
}
