// How many connections to a receiver lie idle in all environments together, where its capacity says how many may: each has
// a lease. While the table fails, none lies idle.

import {randomUUID} from 'node:crypto';
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {receiversKey, stateExpiry} from '../../shared/names.ts';
import {errorText, type Log} from '../runtime/log.ts';

/** Gives the lease back. */
export type Lease = () => void;

const list = 'idle';
const {list: listKey, receiver: nameKey} = receiversKey;
/** An environment that is frozen cannot close its connection. Servers do so after five minutes (RFC 5321 4.5.3.2.7). */
const leaseMs = 300_000;

type Key = Record<string, {S: string}>;

export interface IdleLeasesParts {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly log: Log;
  readonly now: () => number;
}

export class IdleLeases {
  readonly #parts: IdleLeasesParts;
  readonly #returning = new Set<Promise<unknown>>();

  constructor(parts: IdleLeasesParts) {
    this.#parts = parts;
  }

  /** @param most how many there may be at a time @returns undefined when all are taken */
  async take(receiver: string, most: number): Promise<Lease | undefined> {
    const holder = randomUUID();
    const first = Math.floor(Math.random() * most);
    try {
      for (let index = 0; index < most; index += 1) {
        const key = this.#key(receiver, (first + index) % most);
        if (await this.#put(key, holder)) return () => this.#return(key, holder);
      }
    } catch (error) {
      this.#warn(error);
    }
    return undefined;
  }

  /** Settles when no lease is being given back. */
  async returned(): Promise<void> {
    await Promise.all(this.#returning);
  }

  async #put(key: Key, holder: string): Promise<boolean> {
    const {client, tableName, now} = this.#parts;
    const seconds = (ms: number) => ({N: String(Math.ceil(ms / 1000))});
    const put = new PutItemCommand({
      TableName: tableName,
      Item: {...key, holder: {S: holder}, [stateExpiry]: seconds(now() + leaseMs)},
      ConditionExpression: 'attribute_not_exists(#expires) OR #expires < :now',
      ExpressionAttributeNames: {'#expires': stateExpiry},
      ExpressionAttributeValues: {':now': seconds(now())},
    });
    try {
      await client.send(put);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  #return(Key: Key, holder: string): void {
    const {client, tableName} = this.#parts;
    const remove = new DeleteItemCommand({
      TableName: tableName,
      Key,
      ConditionExpression: '#holder = :holder',
      ExpressionAttributeNames: {'#holder': 'holder'},
      ExpressionAttributeValues: {':holder': {S: holder}},
    });
    const returning = client
      .send(remove)
      .catch(error => {
        if (!(error instanceof ConditionalCheckFailedException)) this.#warn(error);
      })
      .finally(() => this.#returning.delete(returning));
    this.#returning.add(returning);
  }

  #key(receiver: string, index: number): Key {
    return {[listKey]: {S: list}, [nameKey]: {S: `${receiver} ${index}`}};
  }

  #warn(error: unknown): void {
    const message = 'the table of receivers does not say how many connections are idle';
    this.#parts.log('warn', message, {error: errorText(error)});
  }
}
