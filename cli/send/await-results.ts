// Waits for what becomes of the messages of one call: their results go to a queue of its own, which is read until each
// message has its final result.

import {randomBytes} from 'node:crypto';
import {setTimeout as delay} from 'node:timers/promises';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteQueueCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import {type Fate, fates} from '../../shared/delivery/result.ts';
import {isJsonObject, type Json, type JsonObject} from '../../shared/json.ts';
import {readMqHeaders} from '../../shared/message/mq-headers.ts';
import {propertiesOf} from '../../shared/message/mq-properties.ts';
import {passingQueueOf} from '../../shared/names.ts';
import {type FileMessage, FileProblem} from './message-files.ts';

export interface Result {
  readonly sendId: string;
  readonly recipient: string;
  readonly fate: Fate;
  /** The newest entry of its `results`. */
  readonly entry: JsonObject;
}

/** Tells which message a result is of. The pipeline carries properties through that it does not know. */
const sendIdProperty = 'send-id';

export const isFinal = (fate: Fate): boolean => fate !== 'deferred';

/** A new name each time. The functions may send results to queues with such names. */
export const resultsQueueNameOf = (stage: string): string =>
  passingQueueOf(stage, randomBytes(4).toString('hex'));

/** @returns its URL */
export async function createResultsQueue(client: SQSClient, name: string): Promise<string> {
  const {QueueUrl} = await client.send(
    new CreateQueueCommand({QueueName: name, Attributes: {MessageRetentionPeriod: '3600'}}),
  );
  return QueueUrl!;
}

/** Gives up after a few seconds: somebody who has pressed Ctrl-C waits for it. */
export async function deleteQueue(client: SQSClient, queueUrl: string): Promise<void> {
  const command = new DeleteQueueCommand({QueueUrl: queueUrl});
  await client.send(command, {abortSignal: AbortSignal.timeout(5000)}).catch(error => {
    // Somebody else may have deleted it already.
    if (error.name !== 'QueueDoesNotExist') throw error;
  });
}

/** The message with its results going to the queue, under an id. @throws FileProblem when it sends them elsewhere */
export function withResultsTo(
  queueName: string,
  sendId: string,
  {source, message}: FileMessage,
): FileMessage {
  const queues = message.queues ?? {};
  if (!isJsonObject(queues)) throw new FileProblem(source, 'has queues that are not an object');
  if (queues.results !== undefined || headerQueuesOf(message.mime)?.results !== undefined) {
    throw new FileProblem(source, 'sets queues.results itself: --wait would never see its results');
  }
  return {
    source,
    message: {...message, queues: {...queues, results: queueName}, [sendIdProperty]: sendId},
  };
}

function headerQueuesOf(mime: Json | undefined): Readonly<Record<string, unknown>> | undefined {
  if (typeof mime !== 'string') return undefined;
  const {queues} = propertiesOf(readMqHeaders(mime).fields).properties;
  return queues as Readonly<Record<string, unknown>> | undefined;
}

/**
 * Reads results until each of the ids has a final one.
 * @param onResult called for a message with its final result and, before that, when it is deferred for the first time
 * @param signal ends the waiting; the function then returns what is missing
 * @returns the ids that have no final result
 */
export async function awaitResults(
  client: SQSClient,
  queueUrl: string,
  sendIds: Iterable<string>,
  {onResult, signal}: {readonly onResult: (result: Result) => void; readonly signal: AbortSignal},
): Promise<ReadonlySet<string>> {
  const missing = new Set(sendIds);
  const deferred = new Set<string>();
  while (missing.size > 0 && !signal.aborted) {
    const receipts: string[] = [];
    try {
      const command = new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 20,
      });
      const {Messages = []} = await client.send(command, {abortSignal: signal});
      for (const {Body = '', ReceiptHandle} of Messages) {
        if (ReceiptHandle !== undefined) receipts.push(ReceiptHandle);
        const result = parseResult(Body);
        // SQS delivers at least once: the same result may come again.
        if (result === undefined || !missing.has(result.sendId)) continue;
        if (isFinal(result.fate)) missing.delete(result.sendId);
        else if (deferred.has(result.sendId)) continue;
        else deferred.add(result.sendId);
        onResult(result);
      }
      if (receipts.length > 0) await client.send(deletion(queueUrl, receipts), {abortSignal: signal});
    } catch (error) {
      if (signal.aborted) break;
      // CreateQueue: a new queue may be unknown to a part of SQS for a second.
      if ((error as Error).name !== 'QueueDoesNotExist') throw error;
      await delay(500, undefined, {signal}).catch(() => {});
    }
  }
  return missing;
}

const deletion = (queueUrl: string, receipts: readonly string[]) =>
  new DeleteMessageBatchCommand({
    QueueUrl: queueUrl,
    Entries: receipts.map((ReceiptHandle, index) => ({Id: String(index), ReceiptHandle})),
  });

function parseResult(body: string): Result | undefined {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isJsonObject(json)) return undefined;
  const {[sendIdProperty]: sendId, fate, recipient, results} = json;
  const entry = Array.isArray(results) ? results.at(-1) : undefined;
  if (typeof sendId !== 'string' || !fates.includes(fate as Fate)) return undefined;
  return {
    sendId,
    fate: fate as Fate,
    recipient: typeof recipient === 'string' ? recipient : '(no recipient)',
    entry: isJsonObject(entry) ? entry : {},
  };
}
