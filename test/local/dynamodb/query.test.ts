import {type DynamoDBClient, QueryCommand, type QueryCommandInput} from '@aws-sdk/client-dynamodb';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {TablesUnderTest} from './tables-under-test.ts';

const TableName = 'receivers';
let cloud: TablesUnderTest;
let client: DynamoDBClient;
beforeAll(async () => {
  cloud = await TablesUnderTest.listen([
    {logicalId: 'Receivers', name: TableName, key: 'list', sortKey: 'receiver'},
    {logicalId: 'State', name: 'state', key: 'id'},
  ]);
  client = cloud.client;
});
afterAll(() => cloud.close());
beforeEach(() => {
  cloud.empty();
  // In the order of code units, 😀 is before ｚ.
  for (const receiver of ['b.example', '😀', 'a.example', 'B.example', 'ｚ', 'b.example.org']) fill(receiver);
  fill('c.example', {list: {S: 'other'}});
});

function fill(receiver: string, more: Record<string, {S: string}> = {}): void {
  cloud.tables.table(TableName).put({list: {S: 'all'}, receiver: {S: receiver}, ...more});
}

async function query(changes: Partial<QueryCommandInput> = {}) {
  const {Items, Count, ScannedCount, LastEvaluatedKey} = await client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: '#list = :list',
      ExpressionAttributeNames: {'#list': 'list'},
      ExpressionAttributeValues: {':list': {S: 'all'}},
      ...changes,
    }),
  );
  expect([Count, ScannedCount]).toEqual([Items!.length, Items!.length]);
  return {receivers: Items!.map(item => item.receiver!.S), next: LastEvaluatedKey};
}

/** A query with a condition on the sort key. */
const where = (condition: string, values: Record<string, {S: string} | {N: string}> = {}) =>
  query({
    KeyConditionExpression: condition,
    ExpressionAttributeNames: {'#list': 'list'},
    ExpressionAttributeValues: {':list': {S: 'all'}, ...values} as never,
  });

const sorted = ['B.example', 'a.example', 'b.example', 'b.example.org', 'ｚ', '😀'];

describe('a query', () => {
  test('returns one partition in the order of its sort keys in UTF-8, whole items', async () => {
    fill('a.example', {reason: {S: 'timeout'}});
    expect(await query()).toEqual({receivers: sorted, next: undefined});
    expect(await query({ScanIndexForward: false, ConsistentRead: true})).toEqual({
      receivers: sorted.toReversed(),
      next: undefined,
    });
    const {Items} = await client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: '#l = :l AND receiver = :r',
        ExpressionAttributeNames: {'#l': 'list'},
        ExpressionAttributeValues: {':l': {S: 'all'}, ':r': {S: 'a.example'}},
      }),
    );
    expect(Items).toEqual([{list: {S: 'all'}, receiver: {S: 'a.example'}, reason: {S: 'timeout'}}]);
  });

  test('of a partition that has no items returns none', async () => {
    expect(await query({ExpressionAttributeValues: {':list': {S: 'none'}}})).toEqual({
      receivers: [],
      next: undefined,
    });
  });

  test.each([
    ['receiver = :x', ['b.example']],
    ['receiver < :x', ['B.example', 'a.example']],
    ['receiver <= :x', ['B.example', 'a.example', 'b.example']],
    ['receiver > :x', ['b.example.org', 'ｚ', '😀']],
    ['receiver >= :x', ['b.example', 'b.example.org', 'ｚ', '😀']],
    ['receiver BETWEEN :x AND :x', ['b.example']],
    ['begins_with(receiver, :x)', ['b.example', 'b.example.org']],
    ['(receiver = :x)', ['b.example']],
  ])('with the condition %s takes %j', async (condition, receivers) => {
    const values = {':x': {S: 'b.example'}};
    expect((await where(`#list = :list AND ${condition}`, values)).receivers).toEqual(receivers);
    expect((await where(`${condition} and #list = :list`, values)).receivers).toEqual(receivers);
  });

  test('does not return what has expired', async () => {
    const expiring = await TablesUnderTest.listen(
      [{logicalId: 'X', name: TableName, key: 'list', sortKey: 'receiver', expiry: 'expiresAt'}],
      () => 1_800_000_000_000,
    );
    expiring.empty();
    const table = expiring.tables.table(TableName);
    for (const [receiver, expiresAt] of [
      ['a', '1799999999'],
      ['b', '1800000001'],
    ])
      table.put({list: {S: 'all'}, receiver: {S: receiver!}, expiresAt: {N: expiresAt!}});
    expect(table.partition('all')).toMatchObject([{receiver: {S: 'b'}}]);
    await expiring.close();
  });
});

describe('a page', () => {
  /** All pages, each with its receivers. */
  async function pages(changes: Partial<QueryCommandInput>) {
    const found: (string | undefined)[][] = [];
    let next: QueryCommandInput['ExclusiveStartKey'];
    do {
      const page = await query({...changes, ...(next && {ExclusiveStartKey: next})});
      found.push(page.receivers);
      next = page.next;
    } while (next !== undefined);
    return found;
  }

  test('has as many items as its limit, and the next begins behind it', async () => {
    const [a, b, c, d, e, f] = sorted;
    expect(await pages({Limit: 4})).toEqual([
      [a, b, c, d],
      [e, f],
    ]);
    // The last page may be empty: DynamoDB looks no further than the limit.
    expect(await pages({Limit: 3, ScanIndexForward: false})).toEqual([[f, e, d], [c, b, a], []]);
    expect((await query({Limit: 1})).next).toEqual({list: {S: 'all'}, receiver: {S: a}});
  });

  test('begins behind a key of which there is no item', async () => {
    const ExclusiveStartKey = {list: {S: 'all'}, receiver: {S: 'b'}};
    expect((await query({ExclusiveStartKey})).receivers).toEqual(sorted.slice(2));
    expect((await query({ExclusiveStartKey, ScanIndexForward: false})).receivers).toEqual([
      'a.example',
      'B.example',
    ]);
  });

  test('ends at 1 MB', async () => {
    cloud.empty();
    for (let n = 0; n < 7; n++) fill(String(n), {text: {S: 'x'.repeat(300 * 1024)}});
    expect(await pages({})).toEqual([
      ['0', '1', '2', '3'],
      ['4', '5', '6'],
    ]);
  });
});

describe('refused is a query with', () => {
  const key = (list: string, receiver: string) => ({list: {S: list}, receiver: {S: receiver}});
  test.each<[string, Partial<QueryCommandInput>, string]>([
    [
      'no condition',
      {
        KeyConditionExpression: undefined,
        ExpressionAttributeNames: undefined,
        ExpressionAttributeValues: undefined,
      },
      'Either the KeyConditions or KeyConditionExpression',
    ],
    ['another table', {TableName: 'other'}, 'Requested resource not found'],
    ['an unknown parameter', {FilterExpression: '#list = :list'}, 'does not know FilterExpression'],
    ['a limit of 0', {Limit: 0}, "Value '0' at 'limit' failed to satisfy constraint"],
    [
      'half a key to start at',
      {ExclusiveStartKey: {list: {S: 'all'}}},
      'The provided starting key is invalid',
    ],
    ['a start elsewhere', {ExclusiveStartKey: key('other', 'a')}, 'outside query boundaries'],
    [
      'an unused name',
      {ExpressionAttributeNames: {'#list': 'list', '#x': 'x'}},
      'unused in expressions: keys: {#x}',
    ],
    ['an undefined value', {KeyConditionExpression: '#list = :other'}, 'attribute value: :other'],
    ['an empty key', {ExpressionAttributeValues: {':list': {S: ''}}}, 'an empty string value. Key: list'],
    ['a key of another type', {ExpressionAttributeValues: {':list': {N: '1'}}}, 'does not match schema type'],
    ['a key that the table does not have', {TableName: 'state'}, 'missed key schema element: id'],
  ])('%s', async (_, changes, message) => {
    await expect(query(changes)).rejects.toThrow(message);
    expect(cloud.calls).toBe(1);
  });

  test.each([
    ['receiver = :list AND #list > :list', 'Query key condition not supported'],
    ['#list <> :list', 'Invalid operator used in KeyConditionExpression: <>'],
    ['#list = :list OR receiver = :list', 'Invalid operator used in KeyConditionExpression: OR'],
    ['NOT #list = :list', 'Invalid operator used in KeyConditionExpression: NOT'],
    ['attribute_exists(#list)', 'Invalid operator used in KeyConditionExpression: attribute_exists'],
    ['#list = :list AND #list = :list', 'must only contain one condition per key'],
    ['#list = :list AND version = :list', 'Query condition missed key schema element: receiver'],
    ['#list = :list AND receiver = :list AND version = :list', 'Conditions can be of length 1 or 2 only'],
    ['receiver = :list AND version = #list', 'Invalid KeyConditionExpression: Syntax error'],
    [':list = #list', 'Invalid KeyConditionExpression: Syntax error'],
  ])('the condition %s', async (condition, message) => {
    await expect(where(condition)).rejects.toThrow(message);
  });

  test('only a condition on the sort key', async () => {
    const changes = {
      KeyConditionExpression: 'begins_with(#r, :r)',
      ExpressionAttributeNames: {'#r': 'receiver'},
      ExpressionAttributeValues: {':r': {S: 'a'}},
    };
    await expect(query(changes)).rejects.toThrow('Query condition missed key schema element: list');
  });

  test('bounds in the wrong order, or a prefix that is a number', async () => {
    const bounds = {':a': {S: 'a'}, ':b': {S: 'b'}};
    await expect(where('#list = :list AND receiver BETWEEN :b AND :a', bounds)).rejects.toThrow(
      'upper bound to be greater than or equal to lower bound',
    );
    await expect(where('#list = :list AND begins_with(receiver, :n)', {':n': {N: '1'}})).rejects.toThrow(
      'operator or function: begins_with, operand type: N',
    );
  });

  test('a start that its own condition does not take', async () => {
    const changes = {
      KeyConditionExpression: '#list = :list AND receiver > :r',
      ExpressionAttributeValues: {':list': {S: 'all'}, ':r': {S: 'b'}},
      ExclusiveStartKey: key('all', 'a'),
    };
    await expect(query(changes)).rejects.toThrow('does not match the range key predicate');
  });
});
