import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  ScanCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {SlotTable} from '../../../functions/receivers/slot-table.ts';
import {horizonMs, rateOf, waitsOf} from '../../../shared/delivery/rate.ts';
import {TablesUnderTest} from './tables-under-test.ts';

const clock = {now: 1_800_000_000_000};
const table = {logicalId: 'State', name: 'state', key: 'id', expiry: 'expiresAt'};
let cloud: TablesUnderTest;
let client: DynamoDBClient;
beforeAll(async () => {
  cloud = await TablesUnderTest.listen([table], () => clock.now);
  client = cloud.client;
});
afterAll(() => cloud.close());
beforeEach(() => cloud.empty());

async function update(changes: Partial<UpdateItemCommandInput> = {}) {
  const command = new UpdateItemCommand({
    TableName: 'state',
    Key: {id: {S: 'a'}},
    UpdateExpression: 'SET #n = :n',
    ConditionExpression: 'attribute_not_exists(#n)',
    ExpressionAttributeNames: {'#n': 'count'},
    ExpressionAttributeValues: {':n': {N: '1'}},
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ...changes,
  });
  try {
    return {done: true, item: (await client.send(command)).Attributes};
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return {done: false, item: error.Item};
    throw error;
  }
}

describe('an update', () => {
  test('creates an item that does not exist, and returns it', async () => {
    const item = {id: {S: 'a'}, count: {N: '1'}};
    expect(await update()).toEqual({done: true, item});
    expect(cloud.tables.itemsOf('state')).toEqual([item]);
  });

  test('is not done when its condition does not hold, and returns the item', async () => {
    await update();
    const second = await update({ExpressionAttributeValues: {':n': {N: '2'}}});
    expect(second).toEqual({done: false, item: {id: {S: 'a'}, count: {N: '1'}}});
    const condition = {
      Key: {id: {S: 'b'}},
      UpdateExpression: 'SET #n = #n + :n',
      ConditionExpression: '#n < :n',
    };
    expect(await update(condition)).toEqual({done: false, item: undefined});
  });

  test.each([
    ['#n BETWEEN :n AND :n', true],
    ['NOT #n <> :n', true],
    ['#n > :n OR (attribute_exists(#n) AND #n >= :n)', true],
    ['#n > :n OR attribute_exists(absent)', false],
    ['absent < :n', false],
    ['absent <> :n', true],
    ['id = :n', false],
  ])('under the condition %s on a count of 1 is done: %j', async (condition, done) => {
    await update();
    expect(await update({ConditionExpression: condition})).toMatchObject({done});
  });

  test('removes attributes, and computes from the item as it was', async () => {
    await update();
    const removal = {UpdateExpression: 'REMOVE #n, gone SET was = #n', ConditionExpression: '#n = :n'};
    expect(await update(removal)).toMatchObject({done: true, item: {id: {S: 'a'}, was: {N: '1'}}});
    expect(cloud.tables.itemsOf('state')).toEqual([{id: {S: 'a'}, was: {N: '1'}}]);
  });

  test('adds and subtracts as decimal numbers', async () => {
    const values = {':n': {N: '1800000000000.1'}, ':m': {N: '8571.429'}} as const;
    const sum = {UpdateExpression: 'SET #n = :n + :m, d = :n - :m', ExpressionAttributeValues: values};
    expect(await update(sum)).toMatchObject({
      item: {count: {N: '1800000008571.529'}, d: {N: '1799999991428.671'}},
    });
  });

  test.each<[string, Partial<UpdateItemCommandInput>, string]>([
    ['a table that there is not', {TableName: 'other'}, 'resource not found'],
    ['a syntax error', {UpdateExpression: 'SET #n :n'}, 'Syntax error; token: ":n"'],
    ['a word too many', {UpdateExpression: 'SET #n = :n :n'}, 'Syntax error; token: ":n"'],
    ['an undefined value', {UpdateExpression: 'SET #n = :m'}, 'value: :m'],
    ['an undefined name', {UpdateExpression: 'SET #m = :n'}, 'name: #m'],
    ['an unused value', {ExpressionAttributeValues: {':n': {N: '1'}, ':m': {N: '2'}}}, 'keys: {:m}'],
    ['another key', {Key: {name: {S: 'a'}}}, 'does not match the schema'],
    ['no number', {ExpressionAttributeValues: {':n': {N: 'one'}}}, 'cannot be converted'],
    ['a change of the key', {UpdateExpression: 'SET #n = :n, id = :n'}, 'part of the key'],
    [
      'a removal of the key',
      {UpdateExpression: 'SET #n = :n REMOVE id'},
      'attribute id. This attribute is part',
    ],
    ['the same twice', {UpdateExpression: 'SET #n = :n REMOVE #n'}, 'path one: [count], path two: [count]'],
    [
      'a clause twice',
      {UpdateExpression: 'REMOVE #n REMOVE x'},
      'The "REMOVE" section can only be used once',
    ],
    ['a reserved word', {UpdateExpression: 'SET #n = :n, List = :n'}, 'reserved keyword: List'],
    ['no names', {ExpressionAttributeNames: {}}, 'ExpressionAttributeNames must not be empty'],
    ['a sum with nothing', {UpdateExpression: 'SET #n = #n + :n'}, 'does not exist in the item'],
  ])('with %s is refused, once', async (_, changes, message) => {
    await expect(update(changes)).rejects.toThrow(message);
    expect(cloud.calls).toBe(1);
  });
});

test('items can be read and removed', async () => {
  await update();
  const [TableName, Key] = ['state', {id: {S: 'a'}}];
  const item = {id: {S: 'a'}, count: {N: '1'}};
  expect((await client.send(new GetItemCommand({TableName, Key}))).Item).toEqual(item);
  expect(await client.send(new ScanCommand({TableName}))).toMatchObject({Items: [item], Count: 1});
  await client.send(new DeleteItemCommand({TableName, Key}));
  expect(await client.send(new GetItemCommand({TableName, Key}))).not.toHaveProperty('Item');
  expect(await client.send(new ScanCommand({TableName}))).toMatchObject({Items: [], Count: 0});
  await expect(
    client.send(new ScanCommand({TableName, ConsistentRead: true, ReturnConsumedCapacity: 'TOTAL'})),
  ).rejects.toThrow('does not know ReturnConsumedCapacity');
  await expect(client.send(new ListTablesCommand())).rejects.toThrow('no operation ListTables');
});

test('an item is gone when its time is over', async () => {
  await update({
    UpdateExpression: 'SET #n = :n, expiresAt = :e',
    ExpressionAttributeValues: {':n': {N: '1'}, ':e': {N: String(clock.now / 1000 + 60)}},
  });
  expect(cloud.tables.itemsOf('state')).toHaveLength(1);
  clock.now += 61_000;
  expect(cloud.tables.itemsOf('state')).toEqual([]);
  expect(await update()).toMatchObject({done: true});
});

describe('slots of a queue', () => {
  const rate = rateOf({messagesPerMinute: 600})!;
  const slots = () => new SlotTable(client, 'state');

  test('are taken once each, even by many at the same time', async () => {
    const taken = await Promise.all(
      Array.from({length: 8}, () => slots().reserve('example.org', 3, rate, clock.now)),
    );
    const times = taken
      .flatMap(each => [0, 1, 2].map(index => each!.firstMs + index * 100))
      .sort((a, b) => a - b);
    expect(times).toEqual(times.map((_, index) => clock.now - 900 + index * 100));
  });

  test('cost one write while the queue is busy, and two after a pause', async () => {
    await slots().reserve('example.org', 10, rate, clock.now);
    expect(cloud.calls).toBe(2);
    const next = await slots().reserve('example.org', 2, rate, clock.now);
    expect(cloud.calls).toBe(3);
    expect(waitsOf(next, 2, rate, clock.now)).toEqual([
      {untilMs: clock.now + 100, slotMs: clock.now + 100},
      {untilMs: clock.now + 200, slotMs: clock.now + 200},
    ]);
    const later = clock.now + 3_600_000;
    expect(await slots().reserve('example.org', 1, rate, later)).toEqual({firstMs: later - 900, count: 1});
  });

  test('beyond the horizon cannot be taken', async () => {
    const slow = rateOf({messagesPerMinute: 1})!;
    await slots().reserve('example.org', 30, slow, clock.now);
    expect(await slots().reserve('example.org', 1, slow, clock.now)).toBeUndefined();
    expect(await slots().reserve('example.org', 1, slow, clock.now + horizonMs)).toBeDefined();
  });
});
