// Real mail bounces, and no more of it goes to the same recipient; with what happens when the list cannot be read or written.

import {DynamoDBClient, ScanCommand} from '@aws-sdk/client-dynamodb';
import {afterAll, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {entryOf, itemOf} from '../../functions/suppression/item.ts';
import type {Fault} from '../../local/faults/fault.ts';
import type {SuppressionEntry} from '../../shared/delivery/suppression/entry.ts';
import {mailTo} from '../samples/mail.ts';
import {smarthostParameters} from '../samples/relay-parameters.ts';
import {sdkOptions} from '../sdk-options.ts';
import {type ScriptedServer, startScriptedServer} from '../servers/scripted-server.ts';
import {deadLetterQueues, names, Pipeline} from './pipeline-under-test.ts';

let pipeline: Pipeline;
let server: ScriptedServer;
let client: DynamoDBClient;

/** What the server says to a recipient is in the local part. */
function replyTo(line: string): string {
  if (/gone/i.test(line)) return '550 5.1.1 no such user';
  if (/full/.test(line)) return '552 5.2.2 mailbox full';
  return /policy/.test(line) ? '550 5.7.1 refused by policy' : '250 2.1.5 ok';
}

beforeAll(async () => {
  server = await startScriptedServer({RCPT: replyTo});
  pipeline = await Pipeline.start(smarthostParameters({port: server.port}), {
    overrides: ({eventSourceMappings}) => {
      // Each message in a batch of its own, so that none shares the fault of another.
      for (const mapping of eventSourceMappings) mapping.batchSize = 1;
    },
  });
  client = new DynamoDBClient(sdkOptions(pipeline.cloud.url));
});
afterAll(async () => {
  client.destroy();
  await pipeline.stop();
  await server.close();
});
beforeEach(async () => {
  await pipeline.idle();
  const {dynamodb} = pipeline.cloud.services;
  for (const {who} of dynamodb.itemsOf(names.suppressions))
    dynamodb.table(names.suppressions).delete({who: who!});
  await pipeline.set({suppression: 'on', 'suppression-after': '1', 'suppression-override': 'refused'});
});

const put = (entry: Partial<SuppressionEntry>) =>
  pipeline.cloud.services.dynamodb.table(names.suppressions).put(
    itemOf({
      who: 'jo@example.org',
      reason: 'asked us to stop',
      source: 'manual',
      timeMs: 0,
      count: 0,
      ...entry,
    }) as never,
  );
const fault = (...faults: readonly Fault[]) => {
  for (const each of faults) pipeline.cloud.faults.add(each);
};
const list = async () =>
  ((await client.send(new ScanCommand({TableName: names.suppressions}))).Items ?? []).map(
    item => entryOf(item)!,
  );

/** Sends a message, and waits for its final result. */
async function sent(recipient: string, properties: object = {}) {
  await pipeline.send(mailTo(recipient, properties));
  const result = await pipeline.result();
  await pipeline.idle();
  const {state, class: bounceClass, code, status, description} = result.results.at(-1)!;
  return {fate: result.fate, state, class: bounceClass, code, status, description};
}
const triedOf = (address: string) =>
  server.commands.filter(line => line.includes(`RCPT TO:<${address}>`)).length;

describe('mail to somebody who is not there', () => {
  test('bounces once at the server, and from then on here, with what the server had said', async () => {
    expect(await sent('gone1@example.org')).toMatchObject({fate: 'bounced', state: 'rcptto', code: 550});
    expect(await list()).toEqual([
      {
        who: 'gone1@example.org',
        reason: 'no such user',
        source: 'bounce',
        code: 550,
        status: '5.1.1',
        count: 1,
        timeMs: expect.any(Number),
      },
    ]);
    expect(await sent('Gone1@EXAMPLE.org')).toEqual({
      fate: 'bounced',
      state: 'suppression',
      class: 'recipient',
      code: 550,
      status: '5.1.1',
      description: expect.stringMatching(
        /^the recipient is suppressed since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d by bounce: no such user$/,
      ),
    });
    expect(triedOf('gone1@example.org') + triedOf('Gone1@EXAMPLE.org')).toBe(1);
    // A bounce by the list is none of the server's.
    expect(await list()).toMatchObject([{count: 1}]);
  });

  test('is tried as often as the setting says', async () => {
    await pipeline.set({'suppression-after': '2'});
    expect((await sent('gone2@example.org')).state).toBe('rcptto');
    expect((await sent('gone2@example.org')).state).toBe('rcptto');
    expect((await sent('gone2@example.org')).state).toBe('suppression');
    expect(await list()).toMatchObject([{count: 2}]);
  });
});

test('a full mailbox and a policy suppress nobody', async () => {
  for (const who of ['full@example.org', 'policy@example.org'])
    for (const _ of [1, 2]) expect(await sent(who)).toMatchObject({fate: 'bounced', state: 'rcptto'});
  expect(await list()).toEqual([]);
});

test('a suppressed domain is so for all of its recipients, and for no others', async () => {
  put({who: 'xn--bcher-kva.example', reason: 'is no more'});
  expect(await sent('jo@bücher.example')).toMatchObject({
    fate: 'bounced',
    state: 'suppression',
    class: 'domain',
  });
  expect(await sent('jo@shop.bücher.example')).toMatchObject({fate: 'accepted'});
});

test('a message goes all the same where it says so and the setting allows it', async () => {
  put({});
  expect(await sent('jo@example.org', {suppression: false})).toMatchObject({state: 'suppression'});
  await pipeline.set({'suppression-override': 'allowed'});
  expect(await sent('jo@example.org', {suppression: false})).toMatchObject({fate: 'accepted'});
  expect(await sent('jo@example.org')).toMatchObject({state: 'suppression'});
});

test('while the setting is off, nothing is suppressed, read or written', async () => {
  put({});
  await pipeline.set({suppression: 'off'});
  fault({fault: 'refuse', operation: 'BatchGetItem'}, {fault: 'refuse', operation: 'UpdateItem'});
  expect(await sent('jo@example.org')).toMatchObject({fate: 'accepted'});
  expect(await sent('gone3@example.org')).toMatchObject({fate: 'bounced', state: 'rcptto'});
  pipeline.cloud.faults.clear();
  expect(await list()).toHaveLength(1);
});

describe('while DynamoDB fails', () => {
  test('to read, mail waits, and goes on when that is over', async () => {
    const ways = {
      failing: {fault: 'fail'},
      refused: {fault: 'refuse'},
      later: {fault: 'partial', share: 1},
      unanswered: {fault: 'hang'},
    } as const;
    const held = () =>
      pipeline.logged('message held: the suppression list cannot be read').map(({recipient}) => recipient);
    const all = Object.entries(ways).map(([name, way]) => {
      put({who: `jo-${name}@example.org`});
      const [some, other] = [`jo-${name}@example.org`, `to-${name}@example.org`];
      fault({...way, operation: 'BatchGetItem', containing: `-${name}@example.org`});
      return [some, other];
    });
    await pipeline.send(...all.flat().map(each => mailTo(each)));
    await pipeline.until(() => all.flat().every(each => held().includes(each)));
    expect(server.commands.filter(line => /RCPT TO:<(?:jo|to)-/.test(line))).toEqual([]);
    pipeline.cloud.faults.clear();
    const results = await pipeline.take(names.results.results, all.length * 2);
    const fates = Object.fromEntries(results.map(({recipient, fate}) => [recipient, fate]));
    expect(fates).toEqual(
      Object.fromEntries(
        all.flatMap(([some, other]) => [
          [some, 'bounced'],
          [other, 'accepted'],
        ]),
      ),
    );
    expect(pipeline.filled(...deadLetterQueues)).toEqual([]);
    expect(pipeline.logged('the suppression list cannot be read; mail waits for it')).not.toEqual([]);
  });

  test('to read a part of it once, it is asked again at once', async () => {
    put({});
    fault({fault: 'partial', share: 0.5, operation: 'BatchGetItem', count: 2});
    expect(await sent('jo@example.org')).toMatchObject({fate: 'bounced', state: 'suppression'});
  });

  test('to write, the result is there all the same, once, and the next bounce is counted', async () => {
    fault({fault: 'fail', operation: 'UpdateItem', count: 2});
    expect(await sent('gone4@example.org')).toMatchObject({fate: 'bounced', state: 'rcptto'});
    expect(await list()).toEqual([]);
    expect(
      pipeline.logged('a hard bounce is not in the suppression list; the next one of its recipient will be'),
    ).toEqual([expect.objectContaining({level: 'error', recipient: 'gone4@example.org'})]);
    expect((await sent('gone4@example.org')).state).toBe('rcptto');
    expect((await sent('gone4@example.org')).state).toBe('suppression');
    expect(pipeline.filled(names.results.results, ...deadLetterQueues)).toEqual([]);
  });
});
