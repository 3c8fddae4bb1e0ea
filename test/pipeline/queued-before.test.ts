// Mail that the version before (2113fcd) queued, with the bodies that it wrote. What is in flight at an upgrade is
// delivered once, and has its results once. That version's code made queued-before.json, at noon on 2030-01-01.

import {readFileSync} from 'node:fs';
import {CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand} from '@aws-sdk/client-sqs';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {accessKeyIdOf} from '../../local/lambda/environment-variables.ts';
import {utcTimeOf} from '../../shared/utc-time.ts';
import {sinkParameters} from '../samples/relay-parameters.ts';
import {type ScriptedServer, startScriptedServer} from '../servers/scripted-server.ts';
import {names, Pipeline, type Result} from './pipeline-under-test.ts';

interface Queued {
  readonly what: string;
  readonly queue: 'outbox' | 'delivery.fifo' | 'postponed';
  readonly groupId?: string;
  readonly deduplicationId?: string;
  readonly body: string;
}

const all: readonly Queued[] = JSON.parse(
  readFileSync(new URL('queued-before.json', import.meta.url), 'utf8'),
);
const queued = {
  mail: all.filter(({queue}) => queue !== 'postponed'),
  results: all.filter(({queue}) => queue === 'postponed'),
};
const numberOf = ({body}: Queued) => /legacy-(\d+)@/.exec(body)![0];

let pipeline: Pipeline;
let server: ScriptedServer;
let results: readonly Result[];

/** Moves that noon to now, and the smarthost of the messages to the test's server. */
const asOfNow = (body: string) =>
  body
    .replace(/2030-01-01 (\d\d:\d\d:\d\d)/g, (_, time) => {
      const ms = Date.now() + Date.parse(`2030-01-01T${time}Z`) - Date.parse('2030-01-01T12:00:00Z');
      return utcTimeOf(ms);
    })
    .replaceAll(':2525', `:${server.port}`);

beforeAll(async () => {
  server = await startScriptedServer();
  pipeline = await Pipeline.start({...sinkParameters(server), 'smarthost-private-addresses': 'allowed'});
  for (const {queue, groupId, deduplicationId, body} of queued.mail) {
    await pipeline.sqs.send(
      new SendMessageCommand({
        QueueUrl: pipeline.cloud.queueUrlOf(queue === 'outbox' ? names.outbox : names.delivery),
        MessageBody: asOfNow(body),
        MessageGroupId: groupId,
        MessageDeduplicationId: deduplicationId,
      }),
    );
  }
  results = await pipeline.take(names.results.results, queued.mail.length);
});
afterAll(async () => {
  await pipeline.stop();
  await server.close();
});

const resultOf = (each: Queued) =>
  results.filter(({recipient}) => recipient === numberOf(each).replace('@', '@example.org'));

describe.each(queued.mail)('a message on $queue, $what,', each => {
  const before = JSON.parse(each.body);

  test('is delivered once, and has its results once', () => {
    const sent = server.commands.filter(command => command.includes(`<${numberOf(each)}`));
    expect(sent).toHaveLength(1);
    const [result, ...more] = resultOf(each);
    expect(more).toEqual([]);
    expect(result).toMatchObject({fate: 'accepted'});
  });

  test('keeps its id, its attempts and their entries, and its own properties', () => {
    const [result] = resultOf(each);
    const {
      envelope,
      mime,
      smarthost,
      nextattempt,
      maxdelivertime,
      relayq = {attempts: 0},
      results: entries = [],
      ...own
    } = before;
    const {id, attempts} = relayq;
    expect(result).toMatchObject({
      ...own,
      ...(before.keepmime && {mime}),
      relayq: {...(id && {id}), attempts: attempts + 1},
    });
    expect(result!.envelope ?? '').toBe(envelope);
    expect(result!.results).toHaveLength(entries.length + 1);
    expect(JSON.stringify(result)).not.toContain('sesame');
  });
});

test('its texts arrive as they were', () => {
  const texts = queued.mail.map(({body}) => JSON.parse(body).mime as string);
  const arrived = server.texts.map(text => Buffer.from(text, 'latin1').toString('utf8'));
  expect(arrived.sort()).toEqual(texts.sort());
});

describe('a result that the version before left waiting on the outbox', () => {
  const mine = 'relayq-local-results-mine';
  /** Puts it there in the name of a function, whose role no longer allows this, or of anybody else. */
  const put = async (body: string, functionName?: string) => {
    const definition = pipeline.cloud.resources.functions.find(({name}) => name === functionName);
    const accessKeyId = definition === undefined ? 'anybody' : accessKeyIdOf(definition);
    const {senderIdOf} = pipeline.cloud.sqs;
    pipeline.cloud.sqs.queue(names.outbox).send({body: asOfNow(body), senderId: senderIdOf(accessKeyId)});
  };

  test('goes to its queue once when one of our functions put it there', async () => {
    await pipeline.sqs.send(new CreateQueueCommand({QueueName: mine}));
    await pipeline.take(names.results.success, queued.mail.length);
    await put(queued.results[0]!.body, names.deliver);
    await put(queued.results[1]!.body, names.route);
    const told = [...(await pipeline.take(names.results.success, 1)), ...(await pipeline.take(mine, 1))];
    expect(told).toEqual(
      queued.results
        .map(({body}) => JSON.parse(asOfNow(body)).result)
        .map(({relayq, results: _, ...rest}) =>
          expect.objectContaining({...rest, relayq: {...relayq, arrived: expect.any(String)}}),
        ),
    );
  });

  test('is an invalid message when anybody else put it there, and its result quotes it', async () => {
    await put(queued.results[0]!.body);
    const [refused] = await pipeline.take(names.results.failure, 1);
    expect(refused).toMatchObject({fate: 'invalid'});
    expect(refused!.original).toContain(numberOf(queued.results[0]!));
    const QueueUrl = pipeline.cloud.queueUrlOf(names.results.success);
    const {Messages} = await pipeline.sqs.send(new ReceiveMessageCommand({QueueUrl, WaitTimeSeconds: 0}));
    expect(Messages).toBeUndefined();
  });
});
