// What a function that settles mail has at hand, made once for each of its execution environments.

import type {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import type {SSMClient} from '@aws-sdk/client-ssm';
import {unansweredGroups} from '../shared/delivery/receivers/treatment.ts';
import {type MailVariable, namesOf} from '../shared/names.ts';
import {type OutcomeListener, OutcomeWriter} from './outcome/outcome-writer.ts';
import {Results} from './outcome/results.ts';
import {HeldTable} from './receivers/held-table.ts';
import {ReceiverTable} from './receivers/receiver-table.ts';
import {Receivers} from './receivers/receivers.ts';
import {SlotTable} from './receivers/slot-table.ts';
import {dynamoDbClient, sqsClient, ssmClient} from './runtime/clients.ts';
import type {Environment} from './runtime/environment.ts';
import {log} from './runtime/log.ts';
import {SettingsSource} from './runtime/settings-source.ts';
import {Sqs} from './runtime/sqs.ts';
import {Visibility} from './runtime/visibility.ts';

export interface MailParts {
  readonly sqs: Sqs;
  readonly ssm: SSMClient;
  readonly dynamoDb: DynamoDBClient;
  readonly results: Results;
  readonly settings: SettingsSource;
  readonly visibility: Visibility;
  readonly receivers: Receivers;
  readonly slots: SlotTable;
  /** In how many message groups the mail of unanswered receivers is. */
  readonly groups: number;
  /** @param listeners in the order in which they are told of outcomes */
  readonly writerWith: (listeners: readonly OutcomeListener[]) => OutcomeWriter;
}

/** @param sourceUrls of the queues that the function takes from */
export function startUp(environment: Environment<MailVariable>, sourceUrls: readonly string[]): MailParts {
  const {stage, waitingUrl, waitingSoonUrl, heldUrl, deliveryUrl, deliverySlowUrl} = environment;
  const stageUrls = {
    results: environment.resultsUrl,
    success: environment.successUrl,
    failure: environment.failureUrl,
    retry: environment.retryUrl,
  };
  const {parameterPath: path, receivers: receiversTable, state} = namesOf(stage);
  const sqs = new Sqs(sqsClient());
  const ssm = ssmClient();
  const dynamoDb = dynamoDbClient();
  const groups = unansweredGroups(Number(environment.slowConcurrency));
  const table = new ReceiverTable(dynamoDb, receiversTable);
  const urls = {
    waiting: waitingUrl,
    waitingSoon: waitingSoonUrl,
    held: heldUrl,
    fast: deliveryUrl,
    slow: deliverySlowUrl,
  };
  const keeper = new HeldTable({client: dynamoDb, tableName: state, log});
  return {
    sqs,
    ssm,
    dynamoDb,
    groups,
    results: new Results({sqs, stageUrls, waitingUrl, log}),
    settings: new SettingsSource({client: ssm, path, log, maxAgeMs: environment.settingsMaxAgeMs}),
    visibility: new Visibility({sqs, sourceUrls, log, now: Date.now}),
    receivers: new Receivers({table, log, now: Date.now, groups}),
    slots: new SlotTable(dynamoDb, state),
    writerWith: listeners => new OutcomeWriter({sqs, urls, listeners, keeper}),
  };
}
