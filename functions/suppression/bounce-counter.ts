// Counts hard bounces in the suppression list. A write that fails is told in the log and nowhere else: the next bounce of
// the same recipient is counted.

import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {bounceSource} from '../../shared/delivery/suppression/entry.ts';
import type {HardBounce} from '../../shared/delivery/suppression/hard-bounce.ts';
import {stateExpiry, suppressionKey} from '../../shared/names.ts';
import {type Item, secondsOf} from './item.ts';

interface Write {
  readonly update: string;
  readonly condition: string;
  readonly values: Item;
  readonly names: readonly string[];
}

export class BounceCounter {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #now: () => number;

  constructor(client: DynamoDBClient, tableName: string, now: () => number) {
    this.#client = client;
    this.#tableName = tableName;
    this.#now = now;
  }

  /**
   * Adds one to what is there, which keeps its reason and its source. The message's id is kept beside it, so that an outcome
   * that is told twice counts once. @throws Error when the table cannot be written to
   */
  async count(bounce: HardBounce): Promise<void> {
    const facts = factsOf(bounce);
    const now = secondsOf(this.#now());
    const found = await this.#write(bounce, {
      update: ['#count = if_not_exists(#count, :zero) + :one', '#bounce = :bounce']
        .concat(Object.keys(facts).map(name => `#${name} = if_not_exists(#${name}, :${name})`))
        .join(', '),
      condition:
        '(attribute_not_exists(#expiry) OR #expiry > :now) AND (attribute_not_exists(#bounce) OR #bounce <> :bounce)',
      values: {
        ...valuesOf(facts),
        ':zero': {N: '0'},
        ':one': {N: '1'},
        ':bounce': {S: bounce.id},
        ':now': now,
      },
      names: ['count', 'bounce', ...Object.keys(facts)],
    });
    const expiry = found?.[stateExpiry];
    if (expiry?.N === undefined || Number(expiry.N) > Number(now.N)) return;
    // What is there means nothing any more, and DynamoDB has not deleted it yet.
    await this.#write(bounce, {
      update: ['#count = :one', '#bounce = :bounce']
        .concat(Object.keys(facts).map(name => `#${name} = :${name}`))
        .join(', ')
        .concat(' REMOVE #expiry'),
      condition: '#expiry = :expiry',
      values: {...valuesOf(facts), ':one': {N: '1'}, ':bounce': {S: bounce.id}, ':expiry': expiry},
      names: ['count', 'bounce', ...Object.keys(facts)],
    });
  }

  /** @returns what was there where the condition did not hold */
  async #write({who}: HardBounce, {update, condition, values, names}: Write): Promise<Item | undefined> {
    try {
      await this.#client.send(
        new UpdateItemCommand({
          TableName: this.#tableName,
          Key: {[suppressionKey]: {S: who}},
          UpdateExpression: `SET ${update}`,
          ConditionExpression: condition,
          ExpressionAttributeNames: {
            '#expiry': stateExpiry,
            ...Object.fromEntries(names.map(name => [`#${name}`, name])),
          },
          ExpressionAttributeValues: values,
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return undefined;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return error.Item;
    }
  }
}

const factsOf = ({reason, code, status, timeMs}: HardBounce): Item => ({
  source: {S: bounceSource},
  reason: {S: reason},
  time: secondsOf(timeMs),
  ...(code !== undefined && {code: {N: String(code)}}),
  ...(status !== undefined && {status: {S: status}}),
});

const valuesOf = (facts: Item): Item =>
  Object.fromEntries(Object.entries(facts).map(([name, value]) => [`:${name}`, value]));
