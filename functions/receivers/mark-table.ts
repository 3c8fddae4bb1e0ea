// Marks at messages that a function is working on, so that others see at which one it has died.

import {setTimeout as pause} from 'node:timers/promises';
import type {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import {type Condition, ListTable} from './list-table.ts';

/** SQS keeps nothing for longer. */
const keptMs = 14 * 86_400_000;
/** A mark that stands counts as a death, so that it is not left standing because a write failed. */
const clearPausesMs: readonly number[] = [100, 500, 2_000];

export class MarkTable {
  readonly #list: ListTable;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#list = new ListTable(client, tableName, 'marks');
  }

  /** @returns how many there were. @throws Error when the table cannot be written to */
  async add(messageId: string): Promise<number> {
    const {done, found} = await this.#put(messageId, 1, 'attribute_not_exists(#marks)');
    if (done) return 0;
    const marks = Number(found?.marks?.N ?? 0);
    await this.#put(messageId, marks + 1, 'attribute_exists(#marks)');
    return marks;
  }

  /** @throws Error when the table cannot be written to */
  async clear(messageId: string): Promise<void> {
    for (const pauseMs of clearPausesMs) {
      try {
        await this.#list.remove(messageId);
        return;
      } catch {
        await pause(pauseMs);
      }
    }
    await this.#list.remove(messageId);
  }

  #put(messageId: string, marks: number, expression: Condition['expression']) {
    const condition = {expression, attributes: ['marks']};
    return this.#list.put(messageId, {marks: {N: String(marks)}}, Date.now() + keptMs, condition);
  }
}
