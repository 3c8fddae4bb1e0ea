// What a producer can put on the outbox, by malice or by accident: each message is sent or answered once, and nothing
// that its body claims about the pipeline is believed.

import {SendMessageCommand} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {utcTimeOf} from '../../shared/utc-time.ts';
import {mailTo} from '../samples/mail.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {recipientSays} from '../servers/recipient-says.ts';
import {type ScriptedServer, startScriptedServer} from '../servers/scripted-server.ts';
import {deadLetterQueues, names, Pipeline, queuesOnTheWay, type Result} from './pipeline-under-test.ts';

const {results, success, failure} = names.results;
const mail = (name: string, properties: object = {}) => mailTo(`${name}@example.org`, properties);

let pipeline: Pipeline;
let server: ScriptedServer;
beforeAll(async () => {
  server = await startScriptedServer({RCPT: recipientSays()});
  pipeline = await Pipeline.start(sinkParameters(server));
});
afterAll(async () => {
  await pipeline.stop();
  await server.close();
});

const left = () => pipeline.filled(...queuesOnTheWay, ...deadLetterQueues);
/** Waits until nothing is on its way, and nothing is dead. */
const settled = () => pipeline.until(() => left().length === 0).catch(() => expect(left()).toEqual([]));
const sentTo = (recipient: string) =>
  server.commands.filter(command => command.includes(`<${recipient}@example.org>`)).length;

describe('tracking in a message', () => {
  const tracking = {id: 'same', arrived: utcTimeOf(Date.now() - 60_000), attempts: 1, hops: 1};

  test('that several messages share makes none of them vanish', async () => {
    const those = ['a', 'b', 'c'].map(recipient => mail(recipient, {relayq: tracking}));
    await pipeline.send(...those);
    const told = await pipeline.take(results, 3);
    expect(told.map(({fate, recipient}) => `${fate} ${recipient}`).sort()).toEqual(
      ['a', 'b', 'c'].map(recipient => `accepted ${recipient}@example.org`),
    );
    expect(new Set(told.map(({relayq}) => relayq.key)).size).toBe(3);
    await pipeline.take(success, 3);
    expect(server.texts).toHaveLength(3);
  });

  test('of a result that is sent again, with its text and no attempts, does not keep it from being sent at once', async () => {
    await pipeline.send(mail('again', {keepmime: true}));
    const [{fate: _, ...told} = {fate: ''}] = await pipeline.take(results, 1);
    const relayq = {...(told as Partial<Result>).relayq, attempts: 0};
    await pipeline.send({...told, relayq}, {...told, relayq, fate: 'accepted'});
    expect(await pipeline.take(results, 2)).toMatchObject([{fate: 'accepted'}, {fate: 'accepted'}]);
    expect(sentTo('again')).toBe(3);
    await pipeline.take(success, 3);
  });

  test.each([
    ['the year 9999', {arrived: '9999-12-31 23:59:59'}],
    ['more hops than there can be', {hops: 1e9}],
    ['as many attempts as a number holds', {attempts: 2 ** 53 - 1}],
  ])('that says %s is not believed, and a deferral goes on', async (what, part) => {
    const recipient = `later-${what.length}`;
    await pipeline.send(mail(recipient, {relayq: {...tracking, ...part}, retries: [0]}));
    const told = await pipeline.take(results, 2);
    expect(told.map(({fate, relayq}) => [fate, relayq.attempts])).toEqual([
      ['deferred', 1],
      ['accepted', 2],
    ]);
    expect(JSON.stringify(told)).not.toContain('9999');
    await pipeline.take(success, 1);
  });

  test('lets no message through that would not fit into the queues', async () => {
    const mime = `Subject: x\r\n\r\n${'x'.repeat(1_040_000)}`;
    await pipeline.send(mail('large', {mime, relayq: {...tracking, hops: 5}}));
    expect(await pipeline.take(failure, 1)).toMatchObject([{fate: 'invalid', relayq: {id: 'same'}}]);
    await pipeline.take(results, 1);
  });

  test('that asks to publish puts nothing on the queue of results', async () => {
    const result = {
      fate: 'accepted',
      recipient: 'forged@example.org',
      relayq: tracking,
      results: [{state: 'x'}],
    };
    const bodies = ['success', 'results'].map(
      kind => `{"relayq":{"publish":"${kind}"},"result":${JSON.stringify(result)}}`,
    );
    await pipeline.send(...bodies);
    const answers = await pipeline.take(results, 2);
    expect(answers).toMatchObject([{fate: 'invalid'}, {fate: 'invalid'}]);
    await pipeline.take(failure, 2);
    await settled();
    expect(pipeline.cloud.sqs.queue(success).counts.visible).toBe(0);
  });
});

describe('a message that can hardly be answered', () => {
  const blob = 'x'.repeat(1_048_300);
  test.each<[string, string]>([
    ['one property fills it', `{"a":"${blob}"}`],
    ['its recipient fills it', `{"recipient":"${blob}"}`],
    ['a name fills it', `{"${blob}":1}`],
    ['it is no JSON', '"'.repeat(1_048_576)],
    ['it is one number', '1'.repeat(1_000_000)],
    [
      'its numbers grow when they are written again',
      JSON.stringify({recipient: 1, n: 0}).replace('0', `[${'1e20,'.repeat(150_000)}1]`),
    ],
    ['it is nested deeply', `${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`],
    [
      'a list is nested deeply in what would be a message',
      JSON.stringify(mail('deep', {list: 0})).replace('0', `${'['.repeat(5000)}${']'.repeat(5000)}`),
    ],
    ['it is empty but for a name', '{"":""}'],
  ])('since %s, gets one answer', async (_, body) => {
    await pipeline.send(body);
    const [answer] = await pipeline.take(results, 1);
    expect(answer).toMatchObject({fate: 'invalid', relayq: {key: expect.any(String)}});
    expect(await pipeline.take(failure, 1)).toEqual([answer]);
    await settled();
    expect(pipeline.cloud.sqs.queue(results).counts.visible).toBe(0);
    if (answer!.original !== null) return;
    expect(answer!.originalAt).toBe(names.outboxOversize);
    const kept = await pipeline.cloud.sqs.receive(names.outboxOversize, {
      maxNumberOfMessages: 10,
      waitTimeSeconds: 0,
    });
    expect(kept.map(each => each.body === body)).toEqual([true]);
    for (const {receiptHandle} of kept) pipeline.cloud.sqs.deleteMessage(names.outboxOversize, receiptHandle);
  });

  test('since it is as large as allowed is deferred and sent, and its results have its text', async () => {
    const empty = Buffer.byteLength(
      JSON.stringify(mail('later-large', {mime: '', keepmime: true, retries: [0]})),
    );
    const mime = `S: s\r\n\r\n${'x'.repeat(1_032_192 - empty - 250)}`;
    await pipeline.send(mail('later-large', {mime, keepmime: true, retries: [0]}));
    const told = await pipeline.take(results, 2);
    expect(told.map(({fate, mime: text}) => [fate, text === mime])).toEqual([
      ['deferred', true],
      ['accepted', true],
    ]);
    await pipeline.take(success, 1);
  });
});

describe('what is put on the delivery queue by hand', () => {
  const put = (body: string) =>
    pipeline.sqs.send(
      new SendMessageCommand({
        QueueUrl: pipeline.cloud.queueUrlOf(names.delivery),
        MessageBody: body,
        MessageGroupId: 'by-hand',
        MessageDeduplicationId: `${Math.random()}`,
      }),
    );

  test.each([
    ['is no JSON', 'not at all'],
    ['is no message', JSON.stringify({recipient: 'nobody'})],
    ['is too large to be quoted', JSON.stringify({recipient: 'nobody', text: '"'.repeat(510_000)})],
  ])('and %s gets one answer', async (_, body) => {
    await put(body);
    const [answer] = await pipeline.take(results, 1);
    expect(answer).toMatchObject({fate: 'invalid', problems: expect.any(Array)});
    expect(await pipeline.take(failure, 1)).toEqual([answer]);
    await settled();
    expect(pipeline.cloud.sqs.queue(results).counts.visible).toBe(0);
  });

  test('and has its text still to be composed is sent', async () => {
    const mime = {from: 'a@example.com', subject: 'by hand', text: 'body'};
    await put(JSON.stringify({envelope: 'a@example.com', recipient: 'hand@example.org', mime}));
    expect(await pipeline.take(results, 1)).toMatchObject([
      {fate: 'accepted', recipient: 'hand@example.org'},
    ]);
    expect(server.texts.at(-1)).toContain('Subject: by hand');
    await pipeline.take(success, 1);
  });
});

test('a kind of results that the settings switch off is published only where a message names a queue for it', async () => {
  await pipeline.createQueue(`${success}-mine`);
  await pipeline.set({'results-kinds': 'results'});
  await pipeline.send(mail('quiet'));
  expect(await pipeline.take(results, 1)).toMatchObject([{fate: 'accepted'}]);
  await pipeline.send(mail('named', {queues: {success: `${success}-mine`}}));
  expect(await pipeline.take(`${success}-mine`, 1)).toEqual(await pipeline.take(results, 1));
  await settled();
  expect(pipeline.cloud.sqs.queue(success).counts.visible).toBe(0);
  await pipeline.set({'results-kinds': null});
});
