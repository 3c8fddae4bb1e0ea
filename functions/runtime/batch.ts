// What all functions that take from a queue have in common: an SQS event in, the records that failed out. Before they
// handle a batch, its records must be theirs still, and settings are read.

import middy from '@middy/core';
import type {Context, SQSBatchResponse, SQSEvent, SQSRecord} from 'aws-lambda';
import type {Settings} from '../../shared/settings/settings.ts';
import {errorText, type Log} from './log.ts';
import type {SettingsSource} from './settings-source.ts';
import type {Visibility} from './visibility.ts';

/** Handles a batch; returns the message ids of the records that are to be redelivered. */
export type BatchHandler = (
  records: readonly SQSRecord[],
  settings: Settings,
  remainingMs: () => number,
) => Promise<readonly string[]>;

export interface BatchParts {
  readonly source: SettingsSource;
  readonly visibility: Visibility;
  /** What else must be up to date before a batch. */
  readonly receivers: {refresh(): Promise<void>};
  readonly log: Log;
  /** Told when a batch is over, also where it failed. */
  readonly report: {write(): void};
  /** For a FIFO queue: after a failed batch its groups would stand still for the visibility timeout. */
  readonly backsOff?: boolean;
}

interface BatchContext extends Context {
  settings: Settings;
  /** Records that others have by now, and what must not overtake them. */
  lost: ReadonlySet<SQSRecord>;
}

const failuresOf = (messageIds: readonly string[]): SQSBatchResponse => ({
  batchItemFailures: messageIds.map(itemIdentifier => ({itemIdentifier})),
});

/** Without settings, or after a bug, the whole batch is redelivered. */
export const batchHandler = (
  {source, visibility, receivers, report, log, backsOff}: BatchParts,
  handle: BatchHandler,
) =>
  // No answer before the timeout: Lambda would keep the environment, and what hangs would go on in the next invocation.
  middy<SQSEvent, SQSBatchResponse, Error, BatchContext>({timeoutEarlyInMillis: 0})
    .before(async ({context, event: {Records: records}}) => {
      const remainingMs = context.getRemainingTimeInMillis();
      context.lost = await visibility.renew(records, remainingMs);
      if (backsOff && context.lost.size > 0) await visibility.backOff([...context.lost], remainingMs);
      [context.settings] = await Promise.all([source.current(), receivers.refresh()]);
    })
    .onError(async ({error, context, event: {Records: records}}) => {
      log('error', 'batch not handled; all of it will be redelivered', {error: errorText(error)});
      if (backsOff) await visibility.backOff(records, context.getRemainingTimeInMillis());
      return failuresOf(records.map(record => record.messageId));
    })
    .handler(async ({Records: records}, context) => {
      const {lost, settings} = context;
      const kept = records.filter(record => !lost.has(record));
      const remainingMs = () => context.getRemainingTimeInMillis();
      const failed = await handle(kept, settings, remainingMs).finally(() => report.write());
      return failuresOf([...Array.from(lost, ({messageId}) => messageId), ...failed]);
    });
