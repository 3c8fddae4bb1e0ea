// The entries of receivers in trouble, where all environments see them. Each write counts only if nobody else has written
// meanwhile.

import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery,
} from '@aws-sdk/client-dynamodb';
import {type Entry, expiresMs} from '../../shared/delivery/receivers/entry.ts';
import {receiversKey, stateExpiry} from '../../shared/names.ts';

/** An entry as it was read or written. */
export interface Stored {
  /** It grows by one with each write; 0 is for what could not be written yet. */
  readonly version: number;
  /** Undefined where it means nothing any more, though it is still there. */
  readonly entry: Entry | undefined;
}

type Item = Readonly<Record<string, AttributeValue>>;

const list = 'receivers';
const {list: listKey, receiver: receiverKey} = receiversKey;

export class ReceiverTable {
  readonly #client: DynamoDBClient;
  readonly #tableName: string;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#client = client;
    this.#tableName = tableName;
  }

  /** By receiver. @throws Error when the table cannot be read */
  async all(nowMs: number): Promise<ReadonlyMap<string, Stored>> {
    const entries = new Map<string, Stored>();
    const query = {
      TableName: this.#tableName,
      KeyConditionExpression: '#list = :list',
      ExpressionAttributeNames: {'#list': listKey},
      ExpressionAttributeValues: {':list': {S: list}},
    };
    for await (const {Items = []} of paginateQuery({client: this.#client}, query))
      for (const item of Items) {
        const stored = storedOf(item, nowMs);
        if (stored?.entry) entries.set(stored.entry.receiver, stored);
      }
    return entries;
  }

  /**
   * Replaces an entry; undefined removes it.
   * @param before what it was, as far as is known
   * @returns what is there now, and whether the write counts
   * @throws Error when the table cannot be written to
   */
  async replace(
    receiver: string,
    before: Stored | undefined,
    entry: Entry | undefined,
    nowMs: number,
  ): Promise<{readonly done: boolean; readonly stored: Stored | undefined}> {
    const key = {[listKey]: {S: list}, [receiverKey]: {S: receiver}};
    const condition = {
      TableName: this.#tableName,
      ExpressionAttributeNames: {'#version': 'version'},
      ...(before && before.version > 0
        ? {
            ConditionExpression: '#version = :version',
            ExpressionAttributeValues: {':version': {N: String(before.version)}},
          }
        : {ConditionExpression: 'attribute_not_exists(#version)'}),
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    } as const;
    const version = (before?.version ?? 0) + 1;
    try {
      if (entry === undefined) {
        await this.#client.send(new DeleteItemCommand({...condition, Key: key}));
        return {done: true, stored: undefined};
      }
      const Item = {
        ...key,
        version: {N: String(version)},
        entry: {S: JSON.stringify(entry)},
        [stateExpiry]: {N: String(Math.ceil(expiresMs(entry) / 1000))},
      };
      await this.#client.send(new PutItemCommand({...condition, Item}));
      return {done: true, stored: {version, entry}};
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw error;
      return {done: false, stored: error.Item && storedOf(error.Item, nowMs)};
    }
  }
}

/** What another version has written, and this one cannot read, is as good as no entry. */
function storedOf({version, entry: text, [stateExpiry]: expiry}: Item, nowMs: number): Stored | undefined {
  const stored = (entry?: Entry) => ({version: Number(version?.N), entry});
  if (version?.N === undefined) return undefined;
  if (Number(expiry?.N ?? 0) * 1000 <= nowMs) return stored();
  try {
    const entry = JSON.parse(text?.S ?? '') as Entry;
    const isEntry = typeof entry.receiver === 'string' && typeof entry.signMs === 'number';
    return stored(isEntry ? entry : undefined);
  } catch {
    return stored();
  }
}
