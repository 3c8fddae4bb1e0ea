// One batch of the outbox, or of mail that has waited: each record decided on its own, then sent on with as few
// requests as possible.

import type {SQSRecord} from 'aws-lambda';
import {parsePostponed, type ResultCopy} from '../../shared/delivery/postponed-result.ts';
import {type Decision, decideRoute} from '../../shared/delivery/route.ts';
import {namesOf} from '../../shared/names.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {Results} from '../outcome/results.ts';
import type {Environment} from '../runtime/environment.ts';
import {errorText, type Log} from '../runtime/log.ts';
import {arrivalOf, queueNameOf} from '../runtime/record.ts';
import type {Outgoing, Sqs} from '../runtime/sqs.ts';
import {readMessage} from './read-message.ts';

export interface RouteParts {
  readonly sqs: Sqs;
  readonly results: Results;
  readonly urls: Pick<
    Environment,
    'stage' | 'waitingUrl' | 'outboxOversizeUrl' | 'deliveryUrl' | 'formerSenders'
  >;
  readonly log: Log;
  readonly now: () => number;
}

interface Decided {
  readonly record: SQSRecord;
  /** The message's own, which it keeps while it waits in one record after the other. */
  readonly id: string;
  readonly decision: Decision;
}

/** @returns the message ids of the records that could not be dealt with: our fault, so they come again */
export async function routeBatch(
  records: readonly SQSRecord[],
  settings: Settings,
  parts: RouteParts,
): Promise<readonly string[]> {
  const {sqs, results, urls, log, now} = parts;
  const {waiting, outboxOversize} = namesOf(urls.stage);
  const failed = new Set<string>();
  const fail = (record: SQSRecord, error: unknown) => {
    failed.add(record.messageId);
    log('error', 'a message will come again', {id: record.messageId, error: errorText(error)});
  };
  const decided: Decided[] = [];
  const postponed: {readonly record: SQSRecord; readonly copy: ResultCopy}[] = [];
  for (const record of records) {
    const arrival = arrivalOf(record, queueNameOf(record) === waiting);
    const tellsResults = arrival.ours || urls.formerSenders.includes(record.attributes.SenderId);
    const copy = tellsResults ? parsePostponed(record.body) : undefined;
    if (copy !== undefined) {
      postponed.push({record, copy});
      continue;
    }
    try {
      const incoming = {...arrival, body: record.body, oversizeQueue: outboxOversize};
      const message = await readMessage(record.body, arrival, settings);
      const {id} = (message.ok ? message.message : message).tracking ?? arrival;
      const decision = decideRoute(message, incoming, settings, now());
      decided.push({record, id, decision});
      if (decision.kind === 'hold' && decision.reason !== undefined) {
        const {reason, delaySeconds} = decision;
        log('info', 'message held: settings are not known', {id, reason, delaySeconds});
      }
    } catch (error) {
      fail(record, error);
    }
  }
  const sendAll = async (url: string, kind: Decision['kind'], outgoing: (decision: Decision) => Outgoing) => {
    const those = decided.filter(({decision}) => decision.kind === kind);
    const failures = await sqs.sendAll(
      url,
      those.map(({decision}) => outgoing(decision)),
    );
    for (const [index, reason] of failures) fail(those[index]!.record, reason);
  };
  const answers = decided.map(each => answer(each, parts).catch(error => fail(each.record, error)));
  const publishPostponed = async () => {
    const untaken = await results.publish(postponed.map(({copy}) => copy));
    for (const [index, reason] of untaken) fail(postponed[index]!.record, reason);
  };
  await Promise.all([
    publishPostponed(),
    sendAll(urls.deliveryUrl, 'deliver', decision => decision),
    sendAll(urls.waitingUrl, 'hold', decision => decision),
    ...answers,
  ]);
  return [...failed];
}

async function answer({record, id, decision}: Decided, {sqs, results, urls, log}: RouteParts): Promise<void> {
  if (decision.kind !== 'answer') return;
  const {fate, body, queues: names, reason, isOversize} = decision;
  log('warn', `message ${fate}`, {id, state: 'process', result: fate, reason});
  // The text before the answer that says where it is.
  if (isOversize) refuseAny(await sqs.sendAll(urls.outboxOversizeUrl, [{body: record.body}]));
  refuseAny(await results.publishAll([{fate, body, queues: names}]));
}

function refuseAny(failures: ReadonlyMap<number, string>): void {
  for (const reason of failures.values()) throw new Error(reason);
}
