// One batch of the outbox: each record decided on its own, then sent on with as few requests as possible.

import type {SQSRecord} from 'aws-lambda';
import {bodyOf, type JsonObject, octetsOf, omit, parseJson} from '../../shared/json.ts';
import {type ParsedMessage, parseMessage} from '../../shared/message.ts';
import {namesOf} from '../../shared/names.ts';
import {parsePostponed, type ResultCopy} from '../../shared/postponed-result.ts';
import {type Decision, decideRoute} from '../../shared/route.ts';
import type {Settings} from '../../shared/settings.ts';
import {arrivalOf} from '../batch.ts';
import type {Environment} from '../environment.ts';
import {errorText, type Log} from '../log.ts';
import type {Outgoing, Queues} from '../queues.ts';
import type {Result, Results} from '../results.ts';
import {composeMime} from './compose.ts';

export interface RouteParts {
  readonly queues: Queues;
  readonly results: Results;
  readonly urls: Pick<Environment, 'stage' | 'outboxUrl' | 'outboxDlqUrl' | 'deliveryUrl'>;
  readonly log: Log;
  readonly now: () => number;
}

/** SQS takes 1 MiB (SendMessage); the text of a refused message, quoted in JSON, may exceed it. */
const maxBodyOctets = 1_048_576;

/** @returns the message ids of the records that could not be dealt with: our fault, so they come again */
export async function routeBatch(
  records: readonly SQSRecord[],
  settings: Settings,
  parts: RouteParts,
): Promise<readonly string[]> {
  const {queues, results, urls, log, now} = parts;
  const failed = new Set<string>();
  const fail = (record: SQSRecord, error: unknown) => {
    failed.add(record.messageId);
    log('error', 'a message of the outbox will come again', {id: record.messageId, error: errorText(error)});
  };
  const decided: {readonly record: SQSRecord; readonly decision: Decision}[] = [];
  const postponed: {readonly record: SQSRecord; readonly copy: ResultCopy}[] = [];
  for (const record of records) {
    const copy = parsePostponed(record.body);
    if (copy !== undefined) {
      postponed.push({record, copy});
      continue;
    }
    try {
      const arrival = {...arrivalOf(record), body: record.body};
      const decision = decideRoute(await readMessage(record, settings), arrival, settings, now());
      decided.push({record, decision});
      if (decision.kind === 'hold' && decision.reason !== undefined) {
        const {reason, delaySeconds} = decision;
        log('info', 'message held: settings are not known', {id: record.messageId, reason, delaySeconds});
      }
    } catch (error) {
      fail(record, error);
    }
  }
  const sendAll = async (url: string, kind: Decision['kind'], outgoing: (decision: Decision) => Outgoing) => {
    const those = decided.filter(({decision}) => decision.kind === kind);
    const failures = await queues.sendAll(
      url,
      those.map(({decision}) => outgoing(decision)),
    );
    for (const [index, reason] of failures) fail(those[index]!.record, reason);
  };
  const answers = decided.map(async ({record, decision}) => {
    if (decision.kind !== 'answer') return;
    await answer(record, decision, parts).catch(error => fail(record, error));
  });
  const publishPostponed = async () => {
    const untaken = await results.publish(postponed.map(({copy}) => copy));
    for (const [index, reason] of untaken) fail(postponed[index]!.record, reason);
  };
  await Promise.all([
    publishPostponed(),
    sendAll(urls.deliveryUrl, 'deliver', decision => decision),
    sendAll(urls.outboxUrl, 'hold', decision => decision),
    ...answers,
  ]);
  return [...failed];
}

/** The message of a record; a `mime` object is composed first, and may bring x-mq-* headers of its own. */
async function readMessage(record: SQSRecord, settings: Settings): Promise<ParsedMessage> {
  const arrival = arrivalOf(record);
  const parsed = parseMessage(record.body, arrival, settings);
  if (!parsed.ok || typeof parsed.message.mime === 'string') return parsed;
  const {mime, properties, envelope, recipient, queues} = parsed.message;
  try {
    const text = await composeMime(mime, parsed.message.tracking, (envelope ?? recipient).domain);
    return parseMessage(JSON.stringify({...properties, mime: text}), arrival, settings);
  } catch (error) {
    const problem = `cannot be made into a message: ${(error as Error).message}`;
    return {ok: false, problems: [{path: 'mime', problem}], properties, queues};
  }
}

async function answer(
  record: SQSRecord,
  {fate, body, queues: names, reason}: Extract<Decision, {kind: 'answer'}>,
  {queues, results, urls, log}: RouteParts,
): Promise<void> {
  log('warn', `message ${fate}`, {id: record.messageId, state: 'process', result: fate, reason});
  if (octetsOf(body) <= maxBodyOctets) return publish({fate, body, queues: names}, results);
  // Too large to be quoted in its own result: the text itself goes to the dead-letter queue.
  await queues.send(urls.outboxDlqUrl, {body: record.body});
  const shorter = omit(parseJson(body) as JsonObject, ['original', 'mime']);
  const pointer = {...shorter, original: null, originalAt: namesOf(urls.stage).outboxDlq};
  await publish({fate, body: bodyOf(pointer), queues: names}, results);
}

async function publish(result: Result, results: Results): Promise<void> {
  for (const reason of (await results.publishAll([result])).values()) throw new Error(reason);
}
