// The keeper on a local SQS and a local DynamoDB: when it looks at held mail, and what it does where calls fail.

import {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import {SQSClient} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {Keeper} from '../../../functions/keeper/keeper.ts';
import {HeldTable} from '../../../functions/receivers/held-table.ts';
import {Sqs} from '../../../functions/runtime/sqs.ts';
import {dynamoDbService} from '../../../local/dynamodb/service.ts';
import {Tables} from '../../../local/dynamodb/tables.ts';
import {awsDoors} from '../../../local/endpoint/aws-doors.ts';
import {type Endpoint, listen} from '../../../local/endpoint/endpoint.ts';
import {utcTimeOf} from '../../../shared/utc-time.ts';
import {type QueueUnderTest, type SqsUnderTest, startSqs} from '../../local/sqs/sqs-under-test.ts';
import {bodyWith} from '../../samples/messages.ts';
import {sdkOptions} from '../../sdk-options.ts';
import {readingOf} from '../../shared/settings/settings-under-test.ts';

const minuteMs = 60_000;
const tableName = 'state';
let local: SqsUnderTest;
let endpoint: Endpoint;
let dynamoDb: DynamoDBClient;
let sqs: Sqs;
let requests: string[];
let held: QueueUnderTest;
let soon: QueueUnderTest;
let table: HeldTable;
let lines: string[];
let aheadMs = 0;
const now = () => Date.now() + aheadMs;

beforeAll(async () => {
  local = await startSqs({before: ({operation}) => void requests.push(operation)});
  sqs = new Sqs(new SQSClient(sdkOptions(local.endpoint.url)));
});
beforeEach(async () => {
  requests = [];
  lines = [];
  held = await local.queue({VisibilityTimeout: '960'});
  soon = await local.queue();
  const tables = new Tables({now});
  tables.create({logicalId: 'State', name: tableName, key: 'id', expiry: 'expiresAt'});
  endpoint = await listen(awsDoors([dynamoDbService(tables)]), {port: 0});
  dynamoDb = new DynamoDBClient(sdkOptions(endpoint.url));
  table = new HeldTable({client: dynamoDb, tableName, log: () => {}});
  return async () => {
    dynamoDb.destroy();
    await endpoint.close();
  };
});
afterAll(() => local.stop());

const pass = (ms: number) => {
  aheadMs += ms;
  local.pass(ms / 1000);
  local.sqs.catchUp();
};
const pauses = (tag: string) => ({
  'pauses/x': JSON.stringify({reason: 'r', tag}),
  'max-delivertime': '2592000',
});

async function look(
  parameters: Record<string, string>,
  parts: {sqs?: Partial<Sqs>; remainingMs?: number} = {},
) {
  requests = [];
  lines = [];
  const keeper = new Keeper({
    sqs: {
      countsOf: url => sqs.countsOf(url),
      receive: url => sqs.receive(url),
      sendAll: (url, messages) => sqs.sendAll(url, messages),
      deleteAll: (url, messages) => sqs.deleteAll(url, messages),
      hide: (url, messages, seconds) => sqs.hide(url, messages, seconds),
      ...parts.sqs,
    },
    urls: {held: held.url, waitingSoon: soon.url},
    settings: {current: async () => readingOf(parameters).settings},
    table,
    log: (_, message) => void lines.push(message),
    now,
  });
  await keeper.run(() => parts.remainingMs ?? 15 * minuteMs);
}

let number = 0;
const hold = async (tag: string, arrivedMs = now()) => {
  const relayq = {id: `m${number++}`, arrived: utcTimeOf(arrivedMs), attempts: 0, hops: 0};
  await held.send(bodyWith({tags: [tag], relayq}));
  return relayq.id;
};
const idsIn = async (queue: QueueUnderTest) =>
  (await queue.bodies()).map(body => (JSON.parse(body!) as {relayq: {id: string}}).relayq.id);

describe('the keeper', () => {
  test('asks one thing while nothing is held', async () => {
    await look(pauses('a'));
    expect(requests).toEqual(['GetQueueAttributes']);
    expect(lines).toEqual([]);
  });

  test('looks twice at what is new, and then lets it lie', async () => {
    await hold('a');
    const swept: boolean[] = [];
    for (let run = 0; run < 4; run++) {
      await look(pauses('a'));
      swept.push(lines.includes('held mail was swept'));
      pass(5 * minuteMs);
    }
    expect(swept).toEqual([true, true, false, false]);
    expect(requests).toEqual(['GetQueueAttributes']);
    expect((await held.counts()).visible).toBe(1);
  });

  test('lets go what is free, in the order of its arrival, and keeps the rest in sight', async () => {
    const second = await hold('b', now() - 1000);
    await hold('a');
    const first = await hold('b', now() - 5000);
    await look(pauses('a'));
    expect(await idsIn(soon)).toEqual([first, second]);
    expect(await held.counts()).toEqual({visible: 1, inFlight: 0, delayed: 0});
  });

  test('looks again when a pause has gone, and when mail is due that it was told of', async () => {
    await hold('a');
    for (let run = 0; run < 3; run++) {
      await look(pauses('a'));
      pass(5 * minuteMs);
    }
    await table.expect([now() + 10 * minuteMs]);
    await look(pauses('a'));
    expect(lines).toEqual([]);
    pass(12 * minuteMs);
    await look(pauses('a'));
    expect(lines[0]).toBe('held mail is swept: some of it is due');
    pass(5 * minuteMs);
    await look(pauses('a'));
    expect(lines).toEqual([]);
    await look({});
    expect(lines[0]).toBe('held mail is swept: what holds mail has changed');
    expect(await held.counts()).toEqual({visible: 0, inFlight: 0, delayed: 0});
    expect((await soon.counts()).visible).toBe(1);
  });

  test('that does not get its mail into another queue keeps it, and tries again', async () => {
    const id = await hold('b');
    const sendAll = async (_: string, messages: readonly object[]) =>
      new Map(messages.map(each => [each, 'no']));
    await look(pauses('a'), {sqs: {sendAll} as Partial<Sqs>});
    expect(lines).toContain('held mail could not be moved on; it is tried again');
    expect((await held.counts()).visible + (await held.counts()).inFlight).toBe(1);
    pass(20 * minuteMs);
    await look(pauses('a'));
    expect(lines[0]).toBe('held mail is swept: the last sweep did not come to its end');
    expect(await idsIn(soon)).toEqual([id]);
  });

  test('leaves the mail to another one that is at it, and takes over when that one has died', async () => {
    await hold('b');
    expect(await table.claim(now(), now() + 15 * minuteMs)).toBeDefined();
    await look({});
    expect((await held.counts()).visible).toBe(1);
    pass(15 * minuteMs);
    await look({});
    expect((await soon.counts()).visible).toBe(1);
  });

  test('that does not see all of it, as somebody has taken some for a moment, looks again', async () => {
    for (let run = 0; run < 3; run++) {
      if (run === 0) await hold('a');
      await look(pauses('a'));
      pass(5 * minuteMs);
    }
    await table.expect([now()]);
    pass(2 * minuteMs);
    const taken = await sqs.receive(held.url);
    await look(pauses('a'));
    expect(lines).toContain('held mail was swept in part; the next sweep goes on');
    await sqs.hide(held.url, taken, 0);
    pass(5 * minuteMs);
    await look(pauses('a'));
    expect(lines).toEqual([
      'held mail is swept: the last sweep did not come to its end',
      'held mail was swept',
    ]);
    pass(5 * minuteMs);
    await look(pauses('a'));
    expect(lines).toEqual([]);
  });

  test('was told of more times than an expression takes, and forgets all of them in a few sweeps', async () => {
    const times = Array.from({length: 410}, (_, number) => now() + number * 5 * minuteMs);
    for (let start = 0; start < times.length; start += 10) await table.expect(times.slice(start, start + 10));
    await hold('a');
    pass(410 * 5 * minuteMs);
    const reasons: string[] = [];
    for (let run = 0; run < 4; run++) {
      await look(pauses('a'));
      reasons.push(...lines.filter(line => line.includes('is swept')));
      pass(5 * minuteMs);
    }
    expect(reasons).toEqual([
      'held mail is swept: there was none before',
      'held mail is swept: what holds mail has changed',
      'held mail is swept: some of it is due',
    ]);
    expect((await held.counts()).visible).toBe(1);
  });

  test('without time begins nothing, and goes on the next time', async () => {
    await hold('b');
    await look({}, {remainingMs: 0});
    expect(lines).toContain('held mail was swept in part; the next sweep goes on');
    expect((await held.counts()).visible).toBe(1);
    await look({});
    expect((await soon.counts()).visible).toBe(1);
  });

  test('sends what nobody can read to route, which says what is wrong with it', async () => {
    await held.send('no message');
    await look(pauses('a'));
    expect(await soon.bodies()).toEqual(['no message']);
  });
});
