// The suppression list of a stage as the command reads and writes it: in batches, some of them at the same time. What
// DynamoDB leaves for later is asked for again, ever more slowly.

import {setTimeout as pause} from 'node:timers/promises';
import {
  BatchWriteItemCommand,
  type DynamoDBClient,
  ScanCommand,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import {entryOf, itemOf} from '../../functions/suppression/item.ts';
import {mostKeys, readEntries} from '../../functions/suppression/read-entries.ts';
import type {SuppressionEntry} from '../../shared/delivery/suppression/entry.ts';
import {namesOf, suppressionKey} from '../../shared/names.ts';
import type {Context} from '../command/context.ts';

/** BatchWriteItem takes no more. */
const mostWrites = 25;
const firstPauseMs = 50;
const longestPauseMs = 5_000;
/** Some two minutes of DynamoDB being busy. */
const mostRounds = 30;

export interface Page {
  readonly entries: readonly SuppressionEntry[];
  /** Where the next page begins; undefined on the last one. */
  readonly next: string | undefined;
}

export class SuppressionList {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #signal: AbortSignal;

  constructor({clients, stage, signal}: Pick<Context, 'clients' | 'stage' | 'signal'>) {
    this.#client = clients.dynamoDb;
    this.#tableName = namesOf(stage).suppressions;
    this.#signal = signal;
  }

  /** @param keys each of them once @throws Error when the table cannot be read */
  async get(keys: readonly string[]): Promise<ReadonlyMap<string, SuppressionEntry>> {
    const found = new Map<string, SuppressionEntry>();
    for (let start = 0; start < keys.length; start += mostKeys) {
      let left = keys.slice(start, start + mostKeys);
      await this.#untilDone(async () => {
        const look = await this.#known(readEntries(this.#client, this.#tableName, left, this.#signal));
        for (const [who, entry] of look.entries) found.set(who, entry);
        left = [...look.unread];
        return left.length;
      });
    }
    return found;
  }

  /** Puts entries in the place of what is there. @param entries each of another key */
  put(entries: readonly SuppressionEntry[]): Promise<void> {
    return this.#write(entries.map(entry => ({PutRequest: {Item: {...itemOf(entry)}}})));
  }

  /** @param keys each of them once; what is not there stays so */
  remove(keys: readonly string[]): Promise<void> {
    return this.#write(keys.map(key => ({DeleteRequest: {Key: {[suppressionKey]: {S: key}}}})));
  }

  /** In an order of DynamoDB's own. @param limit how many are looked at, at most */
  async page(after?: string, limit?: number): Promise<Page> {
    const scan = new ScanCommand({
      TableName: this.#tableName,
      ...(limit !== undefined && {Limit: limit}),
      ...(after !== undefined && {ExclusiveStartKey: {[suppressionKey]: {S: after}}}),
    });
    const {Items = [], LastEvaluatedKey} = await this.#known(
      this.#client.send(scan, {abortSignal: this.#signal}),
    );
    const entries = Items.flatMap(item => entryOf(item) ?? []);
    return {entries, next: LastEvaluatedKey?.[suppressionKey]?.S};
  }

  /** All entries, page by page. */
  async *pages(): AsyncGenerator<readonly SuppressionEntry[]> {
    let after: string | undefined;
    do {
      const {entries, next} = await this.page(after);
      yield entries;
      after = next;
    } while (after !== undefined);
  }

  async #write(requests: readonly WriteRequest[]): Promise<void> {
    const batches: WriteRequest[][] = [];
    for (let start = 0; start < requests.length; start += mostWrites)
      batches.push(requests.slice(start, start + mostWrites));
    await Promise.all(
      batches.map(async batch => {
        let left = batch;
        await this.#untilDone(async () => {
          const write = new BatchWriteItemCommand({RequestItems: {[this.#tableName]: left}});
          const {UnprocessedItems} = await this.#known(this.#client.send(write, {abortSignal: this.#signal}));
          left = UnprocessedItems?.[this.#tableName] ?? [];
          return left.length;
        });
      }),
    );
  }

  /** @param round @returns how much is left */
  async #untilDone(round: () => Promise<number>): Promise<void> {
    let pauseMs = firstPauseMs;
    for (let rounds = 0; rounds < mostRounds; rounds++) {
      if ((await round()) === 0) return;
      await pause(pauseMs * (0.5 + Math.random()), undefined, {signal: this.#signal});
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    }
    throw new Error('DynamoDB is too busy: type the same again to go on');
  }

  /** A stage that was deployed before there was a list has none. */
  async #known<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if ((error as Error).name !== 'ResourceNotFoundException') throw error;
      throw new Error(`there is no table ${this.#tableName}: deploy the stage again, and it gets its list`, {
        cause: error,
      });
    }
  }
}
