// What both handlers have in common: an SQS event in, the records that failed out, settings before anything.

import middy, {type MiddlewareObj} from '@middy/core';
import type {Context, SQSBatchResponse, SQSEvent, SQSRecord} from 'aws-lambda';
import type {Settings} from '../shared/settings.ts';
import {errorText, type Log} from './log.ts';
import type {SettingsSource} from './settings-source.ts';

/** Handles a batch; returns the message ids of the records that are to come again. */
export type BatchHandler = (
  records: readonly SQSRecord[],
  settings: Settings,
  remainingMs: () => number,
) => Promise<readonly string[]>;

export interface BatchParts {
  readonly source: SettingsSource;
  readonly log: Log;
  /** Called when the batch as a whole could not be dealt with. */
  readonly onFailed?: (records: readonly SQSRecord[]) => Promise<void>;
}

const failuresOf = (messageIds: readonly string[]): SQSBatchResponse => ({
  batchItemFailures: messageIds.map(itemIdentifier => ({itemIdentifier})),
});

/** Puts the settings on the context, and without any, or after a bug, has the whole batch come again. */
const withSettings = ({
  source,
  log,
  onFailed,
}: BatchParts): MiddlewareObj<SQSEvent, SQSBatchResponse, Error, Context & {settings: Settings}> => ({
  before: async request => {
    request.context.settings = await source.current();
  },
  onError: async request => {
    log('error', 'the batch will come again', {error: errorText(request.error)});
    await onFailed?.(request.event.Records);
    return failuresOf(request.event.Records.map(record => record.messageId));
  },
});

export const batchHandler = (parts: BatchParts, handle: BatchHandler) =>
  // No answer before the timeout: Lambda would keep the environment, and what hangs would go on in the next invocation.
  middy<SQSEvent, SQSBatchResponse, Error, Context & {settings: Settings}>({timeoutEarlyInMillis: 0})
    .use(withSettings(parts))
    .handler(async (event, context) =>
      failuresOf(await handle(event.Records, context.settings, () => context.getRemainingTimeInMillis())),
    );

/** When a record, and with it a new message, came: SQS's SentTimestamp, in milliseconds. */
export const arrivalOf = (record: SQSRecord) => ({
  id: record.messageId,
  arrivedMs: Number(record.attributes.SentTimestamp),
});
