import type {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {BounceCounter} from '../../../functions/suppression/bounce-counter.ts';
import {entryOf, itemOf} from '../../../functions/suppression/item.ts';
import {lookUpIn} from '../../../functions/suppression/look-up.ts';
import {readEntries} from '../../../functions/suppression/read-entries.ts';
import type {SuppressionEntry} from '../../../shared/delivery/suppression/entry.ts';
import type {HardBounce} from '../../../shared/delivery/suppression/hard-bounce.ts';
import {TablesUnderTest} from '../../local/dynamodb/tables-under-test.ts';

const table = 'suppressions';
let cloud: TablesUnderTest;
let client: DynamoDBClient;
beforeAll(async () => {
  // Without a time to live, items whose time is over are still there, as they may be in AWS.
  cloud = await TablesUnderTest.listen([{logicalId: 'Suppressions', name: table, key: 'who'}]);
  client = cloud.client;
});
afterAll(() => cloud.close());
beforeEach(() => cloud.empty());

const nowMs = 1_900_000_000_000;
const counter = () => new BounceCounter(client, table, () => nowMs);
const who = 'jo@example.org';
const bounce = (id: string, more: Partial<HardBounce> = {}): HardBounce => ({
  who,
  id,
  reason: 'no such user',
  code: 550,
  status: '5.1.1',
  timeMs: nowMs,
  ...more,
});
const stored = async () => (await readEntries(client, table, [who])).entries.get(who);
const put = (entry: Partial<SuppressionEntry>) =>
  cloud.tables.table(table).put(
    itemOf({
      who,
      reason: 'asked us to stop',
      source: 'manual',
      timeMs: nowMs - 1000,
      count: 0,
      ...entry,
    }) as never,
  );

describe('a hard bounce', () => {
  test('makes an entry, with one write', async () => {
    await counter().count(bounce('a'));
    expect(cloud.calls).toBe(1);
    const {id: _, ...facts} = bounce('a');
    expect(await stored()).toEqual({...facts, source: 'bounce', count: 1});
  });

  test('is added to those before; the entry keeps its reason and its time', async () => {
    await counter().count(bounce('a'));
    await counter().count(bounce('b', {reason: 'other words', code: 551, timeMs: nowMs + 60_000}));
    expect(await stored()).toMatchObject({count: 2, reason: 'no such user', code: 550, timeMs: nowMs});
  });

  test('counts once, however often its outcome is told', async () => {
    await counter().count(bounce('a'));
    await counter().count(bounce('a'));
    expect(await stored()).toMatchObject({count: 1});
  });

  test('is counted in an entry that a person has made, and takes nothing from it', async () => {
    put({});
    await counter().count(bounce('a'));
    expect(await stored()).toMatchObject({count: 1, reason: 'asked us to stop', source: 'manual'});
  });

  test('makes a new entry in the place of one whose time is over', async () => {
    put({expiresMs: nowMs - 1000, count: 7});
    await counter().count(bounce('a'));
    const {id: _, ...facts} = bounce('a');
    expect(await stored()).toEqual({...facts, source: 'bounce', count: 1});
  });

  test('leaves an entry alone that will expire', async () => {
    put({expiresMs: nowMs + 60_000});
    await counter().count(bounce('a'));
    expect(await stored()).toMatchObject({count: 1, expiresMs: nowMs + 60_000, source: 'manual'});
  });

  test('of many at the same time is counted each', async () => {
    await Promise.all(Array.from({length: 10}, (_, index) => counter().count(bounce(`m${index}`))));
    expect(await stored()).toMatchObject({count: 10});
  });
});

describe('a look', () => {
  test('has what is there, in requests of 100 keys', async () => {
    put({});
    const keys = Array.from({length: 150}, (_, index) => `${index}@example.org`);
    const look = await lookUpIn(client, table, () => {})([...keys, who]);
    expect([[...look.entries.keys()], look.unread.size, cloud.calls]).toEqual([[who], 0, 2]);
  });

  test('that fails is told once, and leaves open what it has asked for', async () => {
    const lines: string[] = [];
    const look = await lookUpIn(
      client,
      'none',
      (level, message) => void lines.push(`${level} ${message}`),
    )([who]);
    expect([...look.unread]).toEqual([who]);
    expect(lines).toEqual(['error the suppression list cannot be read; mail waits for it']);
  });
});

test('an item is an entry, whatever else stands in it', () => {
  expect(entryOf({who: {S: 'example.org'}})).toEqual({
    who: 'example.org',
    reason: '',
    source: 'unknown',
    timeMs: 0,
    count: 0,
  });
  expect(entryOf({reason: {S: 'nobody'}})).toBeUndefined();
  expect(entryOf({who: {S: who}, reason: {S: 'a\x1b[2Jb'}})?.reason).toBe('a [2Jb');
});
