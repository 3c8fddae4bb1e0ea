import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DeleteItemCommandInput,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  type PutItemCommandInput,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {TablesUnderTest} from './tables-under-test.ts';

const TableName = 'receivers';
const Key = {list: {S: 'all'}, receiver: {S: 'a.example'}};
const item = (version: number) => ({...Key, version: {N: String(version)}});

let cloud: TablesUnderTest;
let client: DynamoDBClient;
beforeAll(async () => {
  cloud = await TablesUnderTest.listen([
    {logicalId: 'Receivers', name: TableName, key: 'list', sortKey: 'receiver'},
  ]);
  client = cloud.client;
});
afterAll(() => cloud.close());
beforeEach(() => cloud.empty());

const put = (changes: Partial<PutItemCommandInput> = {}) =>
  client.send(new PutItemCommand({TableName, Item: item(1), ...changes}));
const remove = (changes: Partial<DeleteItemCommandInput> = {}) =>
  client.send(new DeleteItemCommand({TableName, Key, ...changes}));
/** Holds while there is no item, or one of this version. */
const ifVersion = (version: number) => ({
  ConditionExpression: 'attribute_not_exists(#version) OR #version = :version',
  ExpressionAttributeNames: {'#version': 'version'},
  ExpressionAttributeValues: {':version': {N: String(version)}},
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
});
const refused = (write: Promise<unknown>) =>
  write.then(
    () => 'done',
    error => (error instanceof ConditionalCheckFailedException ? error.Item : Promise.reject(error)),
  );

describe('an item with a sort key', () => {
  test('is put, read, updated and deleted by both keys', async () => {
    const other = {...item(1), receiver: {S: 'b.example'}};
    await put();
    await put({Item: other});
    const update = {UpdateExpression: 'SET version = :v', ExpressionAttributeValues: {':v': {N: '2'}}};
    await client.send(new UpdateItemCommand({TableName, Key, ...update}));
    expect((await client.send(new GetItemCommand({TableName, Key}))).Item).toEqual(item(2));
    await remove();
    expect(cloud.tables.itemsOf(TableName)).toEqual([other]);
  });

  test('is put in place of the one before, as a whole', async () => {
    await put({Item: {...item(1), reason: {S: 'timeout'}}});
    expect(await put({Item: item(2)})).not.toHaveProperty('Attributes');
    expect(cloud.tables.itemsOf(TableName)).toEqual([item(2)]);
  });

  test('is returned as it was, if the write asks for it', async () => {
    expect(await put({ReturnValues: 'ALL_OLD'})).not.toHaveProperty('Attributes');
    expect(await put({Item: item(2), ReturnValues: 'ALL_OLD'})).toMatchObject({Attributes: item(1)});
    expect(await remove({ReturnValues: 'ALL_OLD'})).toMatchObject({Attributes: item(2)});
    expect(await remove({ReturnValues: 'ALL_OLD'})).not.toHaveProperty('Attributes');
  });
});

describe('a condition', () => {
  test('lets one of many writers put an item', async () => {
    const writes = [1, 2, 3, 4].map(version => refused(put({Item: item(version), ...ifVersion(0)})));
    const outcomes = await Promise.all(writes);
    const [kept] = cloud.tables.itemsOf(TableName);
    expect(outcomes.filter(each => each === 'done')).toHaveLength(1);
    expect(outcomes.filter(each => each !== 'done')).toEqual([kept, kept, kept]);
  });

  test('refuses a write of what has changed since it was read, and returns the item if asked to', async () => {
    await put();
    expect(await refused(put({Item: item(2), ...ifVersion(1)}))).toBe('done');
    expect(await refused(put({Item: item(2), ...ifVersion(1)}))).toEqual(item(2));
    expect(await refused(remove(ifVersion(1)))).toEqual(item(2));
    expect(
      await refused(remove({...ifVersion(1), ReturnValuesOnConditionCheckFailure: 'NONE'})),
    ).toBeUndefined();
    expect(await refused(remove(ifVersion(2)))).toBe('done');
    expect(cloud.tables.itemsOf(TableName)).toEqual([]);
  });

  test.each([
    ['begins_with(receiver, :a)', {':a': {S: 'a.'}}, true],
    ['begins_with(receiver, :a)', {':a': {S: 'b.'}}, false],
    ['begins_with(version, :a)', {':a': {S: '1'}}, false],
    ['begins_with(nothing, :a)', {':a': {S: 'a'}}, false],
  ])('%s with %j holds: %j', async (condition, values, holds) => {
    await put();
    const outcome = await refused(
      remove({ConditionExpression: condition, ExpressionAttributeValues: values as never}),
    );
    expect(outcome === 'done').toBe(holds);
  });
});

describe('refused is', () => {
  const long = (octets: number) => ({S: 'x'.repeat(octets)});
  test.each<[string, Partial<PutItemCommandInput>, string]>([
    ['an item without a sort key', {Item: {list: {S: 'all'}}}, 'Missing the key receiver in the item'],
    [
      'a key of another type',
      {Item: {...item(1), list: {N: '1'}}},
      'Type mismatch for key list expected: S actual: N',
    ],
    ['an empty key', {Item: {...item(1), receiver: {S: ''}}}, 'an empty string value. Key: receiver'],
    ['a long partition key', {Item: {...Key, list: long(2049)}}, 'Size of hashkey has exceeded'],
    ['a long sort key', {Item: {...Key, receiver: long(1025)}}, 'Aggregated size of all range keys'],
    ['another table', {TableName: 'other'}, 'Requested resource not found'],
    ['an unknown parameter', {ReturnConsumedCapacity: 'TOTAL'}, 'does not know ReturnConsumedCapacity'],
    ['a return of what is new', {ReturnValues: 'ALL_NEW'}, 'ReturnValues NONE, ALL_OLD, not ALL_NEW'],
    [
      'a name that nothing uses',
      {...ifVersion(1), ExpressionAttributeNames: {'#version': 'version', '#x': 'x'}},
      'Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}',
    ],
    [
      'a value without an expression',
      {ExpressionAttributeValues: {':x': {N: '1'}}},
      'ExpressionAttributeValues can only be specified when using expressions',
    ],
  ])('%s', async (_, changes, message) => {
    await expect(put(changes)).rejects.toThrow(message);
    expect(cloud.tables.itemsOf(TableName)).toEqual([]);
  });

  test.each([
    ['half a key', {list: {S: 'all'}}],
    ['more than the key', item(1)],
    ['a key of another type', {...Key, receiver: {N: '1'}}],
  ])('%s', async (_, key) => {
    const schema = 'The provided key element does not match the schema';
    await expect(remove({Key: key})).rejects.toThrow(schema);
    await expect(client.send(new GetItemCommand({TableName, Key: key}))).rejects.toThrow(schema);
    await expect(client.send(new UpdateItemCommand({TableName, Key: key}))).rejects.toThrow(schema);
  });

  test('an item of more than 400 KB, with the names of its attributes', async () => {
    const names = 'listreceivertext'.length + 'alla.example'.length;
    const text = long(400 * 1024 - names);
    await put({Item: {...Key, text}});
    const larger = {...Key, text: {S: `${text.S}x`}};
    await expect(put({Item: larger})).rejects.toThrow('Item size has exceeded the maximum allowed size');
    const update = {UpdateExpression: 'SET text2 = :t', ExpressionAttributeValues: {':t': {S: 'x'}}};
    await expect(client.send(new UpdateItemCommand({TableName, Key, ...update}))).rejects.toThrow(
      'Item size to update has exceeded the maximum allowed size',
    );
  });
});
