// The next slot of each queue that has a rate, where all environments see it. It is moved on by as many slots as a
// batch needs, in one conditional write; to be read it need not be, as DynamoDB says what it was when a condition
// does not hold.

import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {earliestSlotOf, horizonMs, type Rate, type Slots, spanOf} from '../../../shared/delivery/rate.ts';
import {stateExpiry, stateKey} from '../../../shared/names.ts';

const attribute = 'nextMs';
/** An item is needed until its next slot is over. */
const keptSeconds = 86_400;
/** Others take slots between two writes of ours; so many times in a row is no chance. */
const maxWrites = 10;

interface Write {
  readonly done: boolean;
  /** After the write, or as it was found; undefined where there is no item. */
  readonly nextMs: number | undefined;
}

export class SlotTable {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  /**
   * Takes slots of a queue, as `reserve` of shared/rate.ts does. One whose answer is lost is tried again, and then
   * has taken more than it says.
   * @returns undefined when there are none to be had
   * @throws Error when the table cannot be written to
   */
  async reserve(queue: string, count: number, rate: Rate, nowMs: number): Promise<Slots | undefined> {
    const [earliestMs, spanMs] = [earliestSlotOf(rate, nowMs), spanOf(rate, count)];
    for (let writes = 0; writes < maxWrites; writes += 2) {
      const moved = await this.#write(queue, nowMs, '#next + :span', '#next BETWEEN :earliest AND :latest', {
        ':span': spanMs,
        ':earliest': earliestMs,
        ':latest': nowMs + horizonMs,
      });
      if (moved.done) return {firstMs: moved.nextMs! - spanMs, count};
      if ((moved.nextMs ?? earliestMs) > nowMs + horizonMs) return undefined;
      // At rest: its next slot is over by more than a burst.
      const begun = await this.#write(
        queue,
        nowMs,
        ':next',
        'attribute_not_exists(#next) OR #next < :earliest',
        {
          ':next': earliestMs + spanMs,
          ':earliest': earliestMs,
        },
      );
      if (begun.done) return {firstMs: earliestMs, count};
    }
    throw new Error(`${queue}: its next slot could not be moved on in ${maxWrites} writes`);
  }

  async #write(
    queue: string,
    nowMs: number,
    next: string,
    condition: string,
    values: Readonly<Record<string, number>>,
  ): Promise<Write> {
    const all = {...values, ':expires': Math.ceil((nowMs + horizonMs) / 1000) + keptSeconds};
    const update = new UpdateItemCommand({
      TableName: this.#tableName,
      Key: {[stateKey]: {S: queue}},
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
