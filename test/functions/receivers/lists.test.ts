// What environments keep in the lists of the table of receivers, through the SDK and the local DynamoDB.

import type {SQSRecord} from 'aws-lambda';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {Suspects} from '../../../functions/deliver/suspects.ts';
import {IdleLeases} from '../../../functions/receivers/idle-leases.ts';
import {MarkTable} from '../../../functions/receivers/mark-table.ts';
import {ReceiverTable} from '../../../functions/receivers/receiver-table.ts';
import type {Visibility} from '../../../functions/runtime/visibility.ts';
import {AwsError} from '../../../local/aws-error.ts';
import {failed} from '../../../shared/delivery/receivers/entry.ts';
import {treatmentOf} from '../../../shared/delivery/receivers/treatment.ts';
import {TablesUnderTest} from '../../local/dynamodb/tables-under-test.ts';

const table = {
  logicalId: 'Receivers',
  name: 'receivers',
  key: 'list',
  sortKey: 'receiver',
  expiry: 'expiresAt',
};
const clock = {now: Date.now()};
const now = () => clock.now;
let db: TablesUnderTest;
let lines: string[];
beforeAll(async () => {
  db = await TablesUnderTest.listen([table], now);
});
beforeEach(() => {
  db.empty();
  lines = [];
});
afterAll(() => db.close());

/** So many requests fail from now on; Infinity: all of them, until the tables are emptied. */
function fail(requests: number): void {
  const {tables} = db;
  const find = tables.table.bind(tables);
  let left = requests;
  tables.table = name => {
    if (left <= 0) return find(name);
    left -= 1;
    throw new AwsError('InternalServerError', 'The request could not be processed.', 500);
  };
}

const log = (level: string, message: string) => lines.push(`${level} ${message}`);
const itemsOf = () => db.tables.itemsOf(table.name);

describe('an entry', () => {
  const event = {nowMs: clock.now, reason: 'refused', treatment: treatmentOf(false, 0, 5)};
  const entry = failed('example.org', undefined, event);

  test('is written, read by all, replaced and removed', async () => {
    const entries = new ReceiverTable(db.client, table.name);
    const {done, stored} = await entries.replace('example.org', undefined, entry, now());
    expect({done, stored}).toEqual({done: true, stored: {version: 1, entry}});
    expect(await entries.all(now())).toEqual(new Map([['example.org', stored]]));
    const again = await entries.replace('example.org', stored, failed('example.org', entry, event), now());
    expect(again.stored).toMatchObject({version: 2, entry: {failures: 2}});
    expect(await entries.replace('example.org', again.stored, undefined, now())).toEqual({
      done: true,
      stored: undefined,
    });
    expect(itemsOf()).toEqual([]);
  });

  test('that somebody else has written stays, and is told', async () => {
    const entries = new ReceiverTable(db.client, table.name);
    const {stored} = await entries.replace('example.org', undefined, entry, now());
    for (const before of [undefined, {version: 7, entry}])
      for (const after of [undefined, {...entry, failures: 9}])
        expect(await entries.replace('example.org', before, after, now())).toEqual({done: false, stored});
  });

  test('that cannot be read is none, and can be replaced', async () => {
    const entries = new ReceiverTable(db.client, table.name);
    for (const text of ['{', '{}', '[]', 'null', '{"receiver": 1}'])
      db.tables.table(table.name).put({
        list: {S: 'receivers'},
        receiver: {S: 'example.org'},
        version: {N: '3'},
        entry: {S: text},
        expiresAt: {N: String(Math.ceil(clock.now / 1000) + 60)},
      });
    expect(await entries.all(now())).toEqual(new Map());
    const {stored} = await entries.replace('example.org', undefined, entry, now());
    expect(stored).toEqual({version: 3, entry: undefined});
    expect(await entries.replace('example.org', stored, entry, now())).toMatchObject({done: true});
  });
});

describe('a mark', () => {
  test('is counted for as long as nobody clears it', async () => {
    const marks = new MarkTable(db.client, table.name);
    expect([await marks.add('a'), await marks.add('a'), await marks.add('a')]).toEqual([0, 1, 2]);
    await marks.clear('a');
    expect(await marks.add('a')).toBe(0);
  });

  test('is cleared although the table fails for a while', async () => {
    const marks = new MarkTable(db.client, table.name);
    await marks.add('a');
    fail(4);
    await marks.clear('a');
    expect(itemsOf()).toEqual([]);
  });

  test('does not stand after a batch that failed: nothing has died', async () => {
    const suspects = new Suspects({
      sqs: {sendAll: async () => new Map(), deleteAll: async () => new Map()},
      marks: new MarkTable(db.client, table.name),
      queueUrl: '',
      deadLettersUrl: '',
      visibility: {release: async () => {}} as unknown as Visibility,
      log,
    });
    const record = {messageId: 'a', attributes: {ApproximateReceiveCount: '20'}} as SQSRecord;
    const broken = suspects.deliver([record], async () => {
      expect(itemsOf()).toHaveLength(1);
      throw new Error('a bug');
    });
    await expect(broken).rejects.toThrow('a bug');
    expect(itemsOf()).toEqual([]);
  });

  test('that is given up is logged under the ID that the rest of the log has', async () => {
    const marks = new MarkTable(db.client, table.name);
    const given: unknown[] = [];
    const suspects = new Suspects({
      sqs: {sendAll: async () => new Map(), deleteAll: async () => new Map()},
      marks,
      queueUrl: '',
      deadLettersUrl: '',
      visibility: {release: async () => {}} as unknown as Visibility,
      log: (_, __, fields) => given.push(fields),
    });
    for (const body of ['{"relayq": {"id": "of-outbox"}}', 'no JSON', 'null']) {
      for (let deaths = 0; deaths < 3; deaths += 1) await marks.add('a');
      const attributes = {ApproximateReceiveCount: '20'};
      await suspects.deliver([{messageId: 'a', body, attributes} as SQSRecord], async () => []);
    }
    expect(given).toEqual([
      {id: 'of-outbox', deaths: 3},
      {id: 'a', deaths: 3},
      {id: 'a', deaths: 3},
    ]);
  });
});

describe('idle connections', () => {
  const leasesOf = () => new IdleLeases({client: db.client, tableName: table.name, log, now});

  test('have as many leases as the capacity says, in all environments together', async () => {
    const [a, b] = [leasesOf(), leasesOf()];
    const taken = [await a.take('example.org', 2), await b.take('example.org', 2)];
    expect(taken).not.toContain(undefined);
    expect(await a.take('example.org', 2)).toBeUndefined();
    expect(await a.take('example.net', 2)).toBeDefined();
    taken[0]!.giveBack();
    await a.returned();
    expect(await b.take('example.org', 2)).toBeDefined();
  });

  test('whose environment is gone lose their lease after six minutes, and give back none of others', async () => {
    const [a, b] = [leasesOf(), leasesOf()];
    const lost = await a.take('example.org', 1);
    clock.now += 361_000;
    expect(await b.take('example.org', 1)).toBeDefined();
    lost!.giveBack();
    await a.returned();
    expect(await a.take('example.org', 1)).toBeUndefined();
  });

  test('keep their lease while their connection lives, for a write a minute at most', async () => {
    const [a, b] = [leasesOf(), leasesOf()];
    const lease = await a.take('example.org', 1);
    const {calls} = db;
    clock.now += 60_000;
    expect(await lease!.renewed()).toBe(true);
    expect(db.calls).toBe(calls);
    clock.now += 290_000;
    expect(await lease!.renewed()).toBe(true);
    expect(db.calls).toBe(calls + 1);
    clock.now += 300_000;
    expect(await b.take('example.org', 1)).toBeUndefined();
    clock.now += 61_000;
    expect(await b.take('example.org', 1)).toBeDefined();
    expect(await lease!.renewed()).toBe(false);
  });

  test('ask for ten places at most, and for none in the next ten seconds where those were taken', async () => {
    const [a, b] = [leasesOf(), leasesOf()];
    for (let taken = 0; taken < 10; taken += 1) expect(await a.take('example.org', 10)).toBeDefined();
    const {calls} = db;
    expect(await b.take('example.org', 10)).toBeUndefined();
    expect(await b.take('example.org', 10)).toBeUndefined();
    expect(db.calls).toBe(calls + 10);
    clock.now += 10_000;
    expect(await b.take('example.org', 10)).toBeUndefined();
    expect(db.calls).toBe(calls + 20);
  });

  test('do not wait for a table that fails: it is asked again after ten seconds', async () => {
    const leases = leasesOf();
    fail(Number.POSITIVE_INFINITY);
    expect(await leases.take('example.org', 1)).toBeUndefined();
    const {calls} = db;
    expect(await leases.take('example.org', 1)).toBeUndefined();
    expect(db.calls).toBe(calls);
    expect(lines).toEqual(['warn the table of receivers does not say how many connections are idle']);
    db.empty();
    clock.now += 10_000;
    expect(await leases.take('example.org', 1)).toBeDefined();
  });
});
