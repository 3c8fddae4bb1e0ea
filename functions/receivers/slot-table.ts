// The next slot of each receiver that has a rate, where all environments see it. One conditional write moves it on by
// as many slots as a batch needs. The functions never read it first: a failed condition returns the current item.

import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {earliestSlotOf, horizonMs, type Rate, type Slots, spanOf} from '../../shared/delivery/rate.ts';
import {stateExpiry, stateKey} from '../../shared/names.ts';

const attribute = 'nextMs';
/** How long an item is kept after the last slot that can be taken. */
const keptSeconds = 86_400;
/** Others may take slots between two writes of ours. This many times in a row is no chance. */
const maxWrites = 10;

/** Expressions of DynamoDB, and the numbers in them. */
interface Write {
  readonly next: string;
  readonly condition: string;
  readonly values: Readonly<Record<string, number>>;
}

export class SlotTable {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  /**
   * Takes slots of a receiver, as `reserve` of shared/delivery/rate.ts does. A write whose answer is lost is tried
   * again, and has then taken more slots than it says.
   * @returns undefined when there are none
   * @throws Error when the table cannot be written to
   */
  async reserve(receiver: string, count: number, rate: Rate, nowMs: number): Promise<Slots | undefined> {
    const [earliestMs, spanMs] = [earliestSlotOf(rate, nowMs), spanOf(rate, count)];
    for (let writes = 0; writes < maxWrites; writes += 2) {
      const moved = await this.#write(receiver, nowMs, {
        next: '#next + :span',
        condition: '#next BETWEEN :earliest AND :latest',
        values: {':span': spanMs, ':earliest': earliestMs, ':latest': nowMs + horizonMs},
      });
      if (moved.done) return {firstMs: moved.nextMs! - spanMs, count};
      if ((moved.nextMs ?? earliestMs) > nowMs + horizonMs) return undefined;
      // It is at rest: its next slot is over by more than a burst.
      const begun = await this.#write(receiver, nowMs, {
        next: ':next',
        condition: 'attribute_not_exists(#next) OR #next < :earliest',
        values: {':next': earliestMs + spanMs, ':earliest': earliestMs},
      });
      if (begun.done) return {firstMs: earliestMs, count};
    }
    throw new Error(`${receiver}: its next slot could not be moved on in ${maxWrites} writes`);
  }

  /** A receiver's next slot, which is left to others. @throws Error when the table cannot be read */
  async nextMsOf(receiver: string): Promise<number | undefined> {
    const get = new GetItemCommand({TableName: this.#tableName, Key: {[stateKey]: {S: receiver}}});
    return nextMsOf((await this.#client.send(get)).Item);
  }

  /** @returns `nextMs` after the write, or as it was found; undefined where there is no item */
  async #write(receiver: string, nowMs: number, {next, condition, values}: Write) {
    const all = {...values, ':expires': Math.ceil((nowMs + horizonMs) / 1000) + keptSeconds};
    const update = new UpdateItemCommand({
      TableName: this.#tableName,
      Key: {[stateKey]: {S: receiver}},
      UpdateExpression: `SET #next = ${next}, #expires = :expires`,
      ConditionExpression: condition,
      ExpressionAttributeNames: {'#next': attribute, '#expires': stateExpiry},
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(all).map(([name, value]) => [name, {N: String(value)}]),
      ),
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      const {Attributes: item} = await this.#client.send(update);
      return {done: true, nextMs: nextMsOf(item)};
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return {done: false, nextMs: nextMsOf(error.Item)};
    }
  }
}

function nextMsOf(item: Record<string, AttributeValue> | undefined): number | undefined {
  const value = item?.[attribute]?.N;
  return value === undefined ? undefined : Number(value);
}
