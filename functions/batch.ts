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

const failuresOf = (messageIds: readonly string[]): SQSBatchResponse => ({
  batchItemFailures: messageIds.map(itemIdentifier => ({itemIdentifier})),
});

/** Puts the settings on the context, and without any, or after a bug, has the whole batch come again. */
const withSettings = (
  source: SettingsSource,
  log: Log,
): MiddlewareObj<SQSEvent, SQSBatchResponse, Error, Context & {settings: Settings}> => ({
  before: async request => {
    request.context.settings = await source.current();
  },
  onError: request => {
    log('error', 'the batch will come again', {error: errorText(request.error)});
    return failuresOf(request.event.Records.map(record => record.messageId));
  },
});

export const batchHandler = (source: SettingsSource, log: Log, handle: BatchHandler) =>
  middy<SQSEvent, SQSBatchResponse, Error, Context & {settings: Settings}>()
    .use(withSettings(source, log))
    .handler(async (event, context) =>
      failuresOf(await handle(event.Records, context.settings, () => context.getRemainingTimeInMillis())),
    );

/** When a record, and with it a new message, came: SQS's SentTimestamp, in milliseconds. */
export const arrivalOf = (record: SQSRecord) => ({
  id: record.messageId,
  arrivedMs: Number(record.attributes.SentTimestamp),
});
