// Reads entries of the suppression list, up to 100 with one request.

import {setTimeout as pause} from 'node:timers/promises';
import {BatchGetItemCommand, type DynamoDBClient} from '@aws-sdk/client-dynamodb';
import type {SuppressionLook} from '../../shared/delivery/gates/suppression.ts';
import type {SuppressionEntry} from '../../shared/delivery/suppression/entry.ts';
import {suppressionKey} from '../../shared/names.ts';
import {entryOf} from './item.ts';

/** BatchGetItem takes no more. */
export const mostKeys = 100;

/** What DynamoDB leaves for later is asked for again, after these pauses. */
const pausesMs: readonly number[] = [50, 200];

/**
 * @param keys each of them once
 * @throws Error when the table cannot be read
 */
export async function readEntries(
  client: DynamoDBClient,
  tableName: string,
  keys: readonly string[],
  abortSignal?: AbortSignal,
): Promise<SuppressionLook> {
  const entries = new Map<string, SuppressionEntry>();
  const options = abortSignal && {abortSignal};
  let left = keys.map(key => ({[suppressionKey]: {S: key}}));
  for (const pauseMs of [0, ...pausesMs]) {
    if (left.length === 0) break;
    if (pauseMs > 0) await pause(pauseMs);
    const read = new BatchGetItemCommand({RequestItems: {[tableName]: {Keys: left}}});
    const {Responses, UnprocessedKeys} = await client.send(read, options);
    for (const item of Responses?.[tableName] ?? []) {
      const entry = entryOf(item);
      if (entry !== undefined) entries.set(entry.who, entry);
    }
    left = (UnprocessedKeys?.[tableName]?.Keys ?? []) as typeof left;
  }
  return {entries, unread: new Set(left.map(key => key[suppressionKey]!.S))};
}
