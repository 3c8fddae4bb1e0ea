// Batches: the rules for a request as a whole, and the result of each of its entries (API Reference, SendMessageBatch,
// DeleteMessageBatch and ChangeMessageVisibilityBatch).

import {AwsError} from '../aws-error.ts';
import {type Input, objects, optionalString} from '../endpoint/input.ts';
import {batchEntryIdsNotDistinct, emptyBatch, invalidBatchEntryId, tooManyEntries} from './errors.ts';

const mostEntries = 10;

export interface Entry<T> {
  readonly id: string;
  readonly entry: T;
}

/** The entries, each with an ID of its own. @throws AwsError */
export function parseBatch(input: Input, operation: string): readonly Entry<Input>[] {
  const entries = objects(input, 'Entries').map(entry => ({id: optionalString(entry, 'Id') ?? '', entry}));
  if (entries.length === 0) throw emptyBatch(`${operation}RequestEntry`);
  if (entries.length > mostEntries) throw tooManyEntries(entries.length);
  const seen = new Set<string>();
  for (const {id} of entries) {
    if (!/^[\w-]{1,80}$/.test(id)) throw invalidBatchEntryId();
    if (seen.has(id)) throw batchEntryIdsNotDistinct(id);
    seen.add(id);
  }
  return entries;
}

/** Runs each entry. One that is refused does not keep the others from succeeding. */
export function batchResult<T>(
  entries: readonly Entry<T>[],
  run: (entry: T) => Record<string, unknown>,
): Record<string, unknown> {
  const Successful: Record<string, unknown>[] = [];
  const Failed: Record<string, unknown>[] = [];
  for (const {id, entry} of entries) {
    try {
      Successful.push({Id: id, ...run(entry)});
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      Failed.push({Id: id, SenderFault: error.fault === 'Sender', Code: error.code, Message: error.message});
    }
  }
  // A list without elements is left out.
  return {...(Successful.length > 0 ? {Successful} : {}), ...(Failed.length > 0 ? {Failed} : {})};
}
