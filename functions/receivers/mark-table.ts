// Marks at messages that a function is working on, so that others see at which one it has died.

import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import {receiversKey, stateExpiry} from '../../shared/names.ts';

const list = 'marks';
/** SQS keeps nothing for longer. */
const keptSeconds = 14 * 86_400;
const {list: listKey, receiver: nameKey} = receiversKey;

export class MarkTable {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  /** @returns how many there were. @throws Error when the table cannot be written to */
  async add(messageId: string): Promise<number> {
    try {
      await this.#put(messageId, 1, {ConditionExpression: 'attribute_not_exists(#marks)'});
      return 0;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      const marks = Number(error.Item?.marks?.N ?? 0);
      await this.#put(messageId, marks + 1, {ConditionExpression: 'attribute_exists(#marks)'});
      return marks;
    }
  }

  async #put(
    messageId: string,
    marks: number,
    condition: {readonly ConditionExpression: string},
  ): Promise<void> {
    const expiresAt = Math.ceil(Date.now() / 1000) + keptSeconds;
    await this.#client.send(
      new PutItemCommand({
        TableName: this.#tableName,
        Item: {...this.#key(messageId), marks: {N: String(marks)}, [stateExpiry]: {N: String(expiresAt)}},
        ...condition,
        ExpressionAttributeNames: {'#marks': 'marks'},
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }),
    );
  }

  async clear(messageId: string): Promise<void> {
    await this.#client.send(new DeleteItemCommand({TableName: this.#tableName, Key: this.#key(messageId)}));
  }

  #key(messageId: string) {
    return {[listKey]: {S: list}, [nameKey]: {S: messageId}};
  }
}
