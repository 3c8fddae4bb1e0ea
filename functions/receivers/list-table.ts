// One of the lists in the table of receivers: items by name. A write can have a condition, and tells what was there where
// that does not hold.

import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import {receiversKey, stateExpiry} from '../../shared/names.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

/** An expression of DynamoDB, with the attributes (`#name`) and the values (`:name`) in it. */
export interface Condition {
  readonly expression: string;
  readonly attributes: readonly string[];
  readonly values?: Item;
}

export interface Written {
  readonly done: boolean;
  /** What was there where the condition did not hold. */
  readonly found?: Item | undefined;
}

export class ListTable {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;
  readonly #list: string;

  constructor(client: DynamoDBClient, tableName: string, list: string) {
    this.#client = client;
    this.#tableName = tableName;
    this.#list = list;
  }

  /** @throws Error when the table cannot be read */
  async items(): Promise<readonly Item[]> {
    const items: Item[] = [];
    const query = {
      TableName: this.#tableName,
      KeyConditionExpression: '#list = :list',
      ExpressionAttributeNames: {'#list': receiversKey.list},
      ExpressionAttributeValues: {':list': {S: this.#list}},
    };
    for await (const {Items = []} of paginateQuery({client: this.#client}, query)) items.push(...Items);
    return items;
  }

  /**
   * @param expiresMs when the item means nothing any more
   * @throws Error when the table cannot be written to
   */
  put(name: string, item: Item, expiresMs: number, condition: Condition): Promise<Written> {
    const Item = {...item, ...this.#keyOf(name), [stateExpiry]: secondsOf(expiresMs)};
    const put = new PutItemCommand({TableName: this.#tableName, Item, ...parametersOf(condition)});
    return written(() => this.#client.send(put));
  }

  /** @throws Error when the table cannot be written to */
  remove(name: string, condition?: Condition): Promise<Written> {
    const remove = new DeleteItemCommand({
      TableName: this.#tableName,
      Key: this.#keyOf(name),
      ...(condition && parametersOf(condition)),
    });
    return written(() => this.#client.send(remove));
  }

  #keyOf(name: string) {
    return {[receiversKey.list]: {S: this.#list}, [receiversKey.receiver]: {S: name}};
  }
}

/** Rounded up, as DynamoDB wants it. */
export const secondsOf = (ms: number) => ({N: String(Math.ceil(ms / 1000))});

const parametersOf = ({expression, attributes, values}: Condition) => ({
  ConditionExpression: expression,
  ExpressionAttributeNames: Object.fromEntries(attributes.map(name => [`#${name}`, name])),
  ...(values && {
    ExpressionAttributeValues: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [`:${name}`, value]),
    ),
  }),
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
});

async function written(send: () => Promise<unknown>): Promise<Written> {
  try {
    await send();
    return {done: true};
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return {done: false, found: error.Item};
  }
}
