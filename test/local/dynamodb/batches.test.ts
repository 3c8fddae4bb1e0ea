import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  type DynamoDBClient,
  paginateScan,
  ScanCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {TablesUnderTest} from './tables-under-test.ts';

const TableName = 'suppressions';
let cloud: TablesUnderTest;
let client: DynamoDBClient;
beforeAll(async () => {
  cloud = await TablesUnderTest.listen([
    {logicalId: 'Suppressions', name: TableName, key: 'who'},
    {logicalId: 'Receivers', name: 'receivers', key: 'list', sortKey: 'receiver'},
  ]);
  client = cloud.client;
});
afterAll(() => cloud.close());
beforeEach(() => cloud.empty());

const key = (who: string) => ({who: {S: who}});
const numbered = (count: number) => Array.from({length: count}, (_, index) => key(`${index}@a.example`));
const get = (Keys: Record<string, {S: string}>[], table = TableName) =>
  client.send(new BatchGetItemCommand({RequestItems: {[table]: {Keys}}}));
const write = (requests: object[]) =>
  client.send(new BatchWriteItemCommand({RequestItems: {[TableName]: requests as never}}));
const put = (Item: object) => ({PutRequest: {Item}});

describe('a batch of reads', () => {
  test('has what is there, and nothing for what is not', async () => {
    await write([put({...key('a@a.example'), count: {N: '1'}}), put(key('b@a.example'))]);
    const {Responses, UnprocessedKeys} = await get([
      key('a@a.example'),
      key('c@a.example'),
      key('b@a.example'),
    ]);
    expect(Responses).toEqual({[TableName]: [{...key('a@a.example'), count: {N: '1'}}, key('b@a.example')]});
    expect(UnprocessedKeys).toEqual({});
  });

  test('has at least one key and at most 100, each once, of tables that are there and of their schema', async () => {
    await expect(get(numbered(100))).resolves.toMatchObject({Responses: {[TableName]: []}});
    await expect(get(numbered(101))).rejects.toThrow('Member must have length less than or equal to 100');
    await expect(get([])).rejects.toThrow('Member must have length greater than or equal to 1');
    await expect(get([key('a'), key('a')])).rejects.toThrow('Provided list of item keys contains duplicates');
    await expect(get([key('a')], 'none')).rejects.toThrow('Requested resource not found');
    await expect(get([{receiver: {S: 'a'}}])).rejects.toThrow('does not match the schema');
    const several = {
      [TableName]: {Keys: numbered(60)},
      receivers: {Keys: [{list: {S: 'a'}, receiver: {S: 'b'}}]},
    };
    await expect(client.send(new BatchGetItemCommand({RequestItems: several}))).resolves.toBeDefined();
    await expect(client.send(new BatchGetItemCommand({RequestItems: {}}))).rejects.toThrow(
      'validation error',
    );
  });

  test('returns 16 MB at most: what is left is unprocessed', async () => {
    const reason = {S: 'x'.repeat(390_000)};
    const keys = numbered(50);
    for (const each of keys) await write([put({...each, reason})]);
    const first = await get(keys);
    const left = first.UnprocessedKeys?.[TableName]?.Keys ?? [];
    expect(first.Responses?.[TableName]).toHaveLength(50 - left.length);
    expect(left.length).toBeGreaterThan(0);
    const second = await get(left as Record<string, {S: string}>[]);
    expect(second.Responses?.[TableName]).toHaveLength(left.length);
  });
});

describe('a batch of writes', () => {
  test('puts and deletes', async () => {
    await write([put(key('a')), put(key('b'))]);
    await write([
      {DeleteRequest: {Key: key('a')}},
      put(key('c')),
      {DeleteRequest: {Key: key('never there')}},
    ]);
    expect(cloud.tables.itemsOf(TableName)).toEqual([key('b'), key('c')]);
  });

  test('has at most 25 of them, one for each item, and does all or nothing', async () => {
    await expect(write(numbered(25).map(put))).resolves.toMatchObject({UnprocessedItems: {}});
    cloud.empty();
    await expect(write(numbered(26).map(put))).rejects.toThrow('length less than or equal to 25');
    await expect(write([put(key('a')), {DeleteRequest: {Key: key('a')}}])).rejects.toThrow('duplicates');
    await expect(write([put(key('a')), put({reason: {S: 'no key'}})])).rejects.toThrow('Missing the key who');
    await expect(
      write([put(key('a')), put({...key('b'), reason: {S: 'x'.repeat(410_000)}})]),
    ).rejects.toThrow('Item size has exceeded');
    expect(cloud.tables.itemsOf(TableName)).toEqual([]);
  });
});

describe('a scan', () => {
  const all = async (Limit: number) => {
    const seen: string[] = [];
    for await (const {Items = []} of paginateScan({client}, {TableName, Limit}))
      seen.push(...Items.map(({who}) => who!.S!));
    return seen;
  };

  test('comes to each item once, page by page, in an order of its own', async () => {
    const keys = numbered(57);
    for (const each of keys) cloud.tables.table(TableName).put(each);
    const names = keys.map(({who}) => who.S);
    const seen = await all(10);
    expect(seen.toSorted()).toEqual(names.toSorted());
    expect(seen).not.toEqual(names);
    expect(await all(1)).toEqual(seen);
    expect(await all(1000)).toEqual(seen);
  });

  test('goes on where it was, though what it has seen is deleted meanwhile', async () => {
    for (const each of numbered(30)) cloud.tables.table(TableName).put(each);
    const seen: string[] = [];
    for await (const {Items = []} of paginateScan({client}, {TableName, Limit: 7}))
      for (const {who} of Items) {
        seen.push(who!.S!);
        cloud.tables.table(TableName).delete({who: {S: who!.S!}});
      }
    expect(new Set(seen).size).toBe(30);
    expect(cloud.tables.itemsOf(TableName)).toEqual([]);
  });

  test('has pages of 1 MB', async () => {
    for (const each of numbered(30))
      cloud.tables.table(TableName).put({...each, reason: {S: 'x'.repeat(100_000)}});
    const {Items, LastEvaluatedKey} = await client.send(new ScanCommand({TableName}));
    expect(Items).toHaveLength(11);
    expect(LastEvaluatedKey).toEqual({who: Items!.at(-1)!.who});
  });

  test('begins at keys of the schema alone', async () => {
    const ExclusiveStartKey = {list: {S: 'a'}};
    await expect(client.send(new ScanCommand({TableName, ExclusiveStartKey}))).rejects.toThrow(
      'The provided starting key is invalid',
    );
  });
});

describe('if_not_exists', () => {
  const update = (UpdateExpression: string) =>
    client.send(
      new UpdateItemCommand({
        TableName,
        Key: key('a'),
        UpdateExpression,
        ExpressionAttributeNames: {'#count': 'count'},
        ExpressionAttributeValues: {':zero': {N: '0'}, ':one': {N: '1'}},
        ReturnValues: 'ALL_NEW',
      }),
    );

  test('is the attribute where there is one, and else the value', async () => {
    const expression = 'SET #count = if_not_exists(#count, :zero) + :one';
    expect((await update(expression)).Attributes).toEqual({...key('a'), count: {N: '1'}});
    expect((await update(expression)).Attributes).toEqual({...key('a'), count: {N: '2'}});
  });

  test('has two operands, and its name in lower case', async () => {
    await expect(update('SET #count = if_not_exists(#count) + :one + :zero')).rejects.toThrow('Syntax error');
    await expect(update('SET #count = IF_NOT_EXISTS(#count, :zero) + :one')).rejects.toThrow('Syntax error');
  });
});
