// What a store keeps over a restart and over a kill: everything.

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';
import {
  ListQueueTagsCommand,
  SendMessageBatchCommand,
  StartMessageMoveTaskCommand,
  TagQueueCommand,
} from '@aws-sdk/client-sqs';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {openStore} from '../../../local/store/store.ts';
import {clientOf, errorOf, QueueUnderTest, type SqsUnderTest, startSqs} from './sqs-under-test.ts';

let directory: string;
let stop: () => Promise<void>;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relayq-sqs-'));
});
afterEach(async () => {
  await stop();
  await rm(directory, {recursive: true});
});

async function start(): Promise<SqsUnderTest> {
  const store = openStore(directory);
  const under = await startSqs({store});
  stop = async () => {
    await under.stop();
    store.close();
  };
  return under;
}

async function restart(): Promise<SqsUnderTest> {
  await stop();
  return start();
}

test('a queue comes back with its attributes, tags and times', async () => {
  let under = await start();
  const queue = await under.fifoQueue({VisibilityTimeout: '77', DeduplicationScope: 'messageGroup'});
  under.sqs.setQueueAttributes(queue.name, {DelaySeconds: '5'});
  await under.client.send(new TagQueueCommand({QueueUrl: queue.url, Tags: {k: 'v'}}));
  const before = await queue.attributes('All');
  under = await restart();
  const again = under.queueNamed(queue.name);
  expect(await again.attributes('All')).toEqual(before);
  const tags = await under.client.send(new ListQueueTagsCommand({QueueUrl: again.url}));
  expect(tags.Tags).toEqual({k: 'v'});
});

test('messages come back as they were: visible, delayed, in flight, and in their order', async () => {
  let under = await start();
  const queue = await under.queue();
  const attributes = {a: {DataType: 'Binary', BinaryValue: Uint8Array.of(0, 255)}};
  await queue.send('in flight', {MessageAttributes: attributes});
  const received = await queue.receiveOne({VisibilityTimeout: 100});
  await queue.send('once received');
  await queue.receiveOne({VisibilityTimeout: 0});
  await queue.send('delayed', {DelaySeconds: 100});
  await queue.send('deleted');
  const [, deleted] = await queue.receive({VisibilityTimeout: 0});
  await queue.delete(deleted ?? {});
  await queue.send('visible');
  under = await restart();
  const again = under.queueNamed(queue.name);
  expect(await again.counts()).toEqual({visible: 2, inFlight: 1, delayed: 1});
  const messages = await again.receive();
  expect(messages.map(({Body, Attributes}) => [Body, Attributes?.ApproximateReceiveCount])).toEqual([
    ['once received', '3'],
    ['visible', '1'],
  ]);
  under.pass(101);
  const later = await again.receive();
  expect(later.map(({Body}) => Body).sort()).toEqual(['delayed', 'in flight', 'once received', 'visible']);
  const first = later.find(({Body}) => Body === 'in flight');
  expect(first).toMatchObject({MessageId: received.MessageId, MessageAttributes: attributes});
  expect(first?.Attributes).toEqual({...received.Attributes, ApproximateReceiveCount: '2'});
});

test('after a restart only what somebody outside has received stays hidden', async () => {
  let under = await start();
  const queue = await under.fifoQueue({VisibilityTimeout: '900'});
  const names = ['outside', 'held by the event source', 'waiting behind it'] as const;
  await queue.sendTo('g', names[0]);
  const received = await queue.receiveOne();
  await queue.sendTo('h', names[1]);
  await queue.sendTo('h', names[2]);
  await under.sqs.receive(queue.name, {maxNumberOfMessages: 1});
  expect(await queue.counts()).toMatchObject({inFlight: 2});
  under = await restart();
  under.sqs.queue(queue.name).releaseAbandoned();
  const again = under.queueNamed(queue.name);
  expect(await again.counts()).toMatchObject({inFlight: 1, visible: 2});
  expect(await again.bodies()).toEqual(names.slice(1));
  await again.delete(received);
  // Now it was received outside, whoever had it before.
  under = await restart();
  under.sqs.queue(queue.name).releaseAbandoned();
  expect(await under.queueNamed(queue.name).counts()).toMatchObject({inFlight: 2, visible: 0});
});

test('a receipt handle outlives the restart', async () => {
  let under = await start();
  const queue = await under.fifoQueue();
  await queue.sendTo('g', '0');
  await queue.sendTo('g', '1');
  const message = await queue.receiveOne();
  under = await restart();
  const again = under.queueNamed(queue.name);
  expect(await again.receive()).toEqual([]);
  await again.delete(message);
  expect(await again.bodies()).toEqual(['1']);
});

test('deduplication, deletions and sequence numbers go on where they were', async () => {
  let under = await start();
  const queue = await under.fifoQueue();
  const gone = await under.queue();
  const sent = await queue.sendTo('g', '1', 'id');
  await queue.delete(await queue.receiveOne());
  under.sqs.deleteQueue(gone.name);
  under = await restart();
  const again = under.queueNamed(queue.name);
  expect((await again.sendTo('g', '2', 'id')).MessageId).toBe(sent.MessageId);
  expect(await again.receive()).toEqual([]);
  const next = await again.sendTo('g', '3');
  expect(Number(next.SequenceNumber)).toBeGreaterThan(Number(sent.SequenceNumber));
  expect((await errorOf(under.queueNamed(gone.name).receive())).name).toBe('QueueDoesNotExist');
  expect(() => under.sqs.createQueue(gone.name)).toThrow('60 seconds');
});

test('a queue that is created again has nothing of the deleted one', async () => {
  const under = await start();
  const queue = await under.fifoQueue();
  const sent = await queue.sendTo('g', 'old', 'id');
  await queue.sendTo('g', 'old', 'other');
  under.sqs.deleteQueue(queue.name);
  under.pass(61);
  under.sqs.createQueue(queue.name, {FifoQueue: 'true'});
  expect((await queue.sendTo('g', 'new', 'id')).MessageId).not.toBe(sent.MessageId);
  const restarted = await restart();
  restarted.pass(61);
  expect(await restarted.queueNamed(queue.name).bodies()).toEqual(['new']);
});

test('a dead letter is in one of its queues, and a move task goes on', async () => {
  let under = await start();
  const dlq = await under.queue();
  const RedrivePolicy = JSON.stringify({deadLetterTargetArn: dlq.arn, maxReceiveCount: 1});
  const queue = await under.queue({VisibilityTimeout: '0', RedrivePolicy});
  await queue.send('x');
  await queue.receiveOne();
  await queue.receive();
  await under.client.send(
    new StartMessageMoveTaskCommand({SourceArn: dlq.arn, MaxNumberOfMessagesPerSecond: 4}),
  );
  under = await restart();
  expect(await under.queueNamed(dlq.name).counts()).toMatchObject({visible: 1});
  expect(await under.queueNamed(queue.name).counts()).toMatchObject({visible: 0});
  await vi.waitFor(async () => {
    expect(await under.queueNamed(queue.name).counts()).toMatchObject({visible: 1});
  }, 300_000);
});

test('a second process cannot open the same store', async () => {
  await start();
  expect(() => openStore(directory)).toThrow('database is locked');
});

// The answer to a request is sent after its changes are written.
test('nothing that was answered is lost when the process is killed', async () => {
  const local = fileURLToPath(new URL('../../../local', import.meta.url));
  const program = `
    import {awsDoors} from '${local}/endpoint/aws-doors.ts';
    import {listen} from '${local}/endpoint/endpoint.ts';
    import {sqsService} from '${local}/sqs/service.ts';
    import {Sqs} from '${local}/sqs/sqs.ts';
    import {openStore} from '${local}/store/store.ts';
    const store = openStore(process.argv[1]);
    const sqs = new Sqs({region: 'us-east-1', accountId: '000000000000', urlOf: String, store});
    sqs.createQueue('queue');
    const {url} = await listen(awsDoors([sqsService(sqs)]), {port: 0});
    process.stdout.write(url);
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  stop = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const [url] = (await once(child.stdout, 'data')) as [Buffer];
  const client = clientOf(String(url));
  const queue = new QueueUnderTest(client, `${url}/000000000000/queue`);
  const answered = new Set<string>();
  let killed = false;
  const sender = async (name: string) => {
    for (let n = 0; !killed; n++) {
      const bodies = Array.from({length: 10}, (_, k) => `${name}-${n}-${k}`);
      const Entries = bodies.map((MessageBody, k) => ({Id: `${k}`, MessageBody}));
      try {
        await client.send(new SendMessageBatchCommand({QueueUrl: queue.url, Entries}));
      } catch {
        return;
      }
      for (const body of bodies) answered.add(body);
    }
  };
  const senders = ['a', 'b', 'c'].map(sender);
  const deleted = new Set<string>();
  while (answered.size < 500) {
    for (const message of await queue.receive({MaxNumberOfMessages: 1})) {
      await queue.delete(message);
      deleted.add(message.Body ?? '');
    }
  }
  child.kill('SIGKILL');
  killed = true;
  await exited;
  await Promise.all(senders);
  client.destroy();

  const under = await start();
  const kept = new Set<string>();
  const again = under.queueNamed('queue');
  under.pass(31);
  for (let bodies = await again.bodies(); bodies.length > 0; bodies = await again.bodies()) {
    for (const body of bodies) kept.add(body ?? '');
  }
  expect([...answered].filter(body => !kept.has(body) && !deleted.has(body))).toEqual([]);
  expect([...kept].filter(body => deleted.has(body))).toEqual([]);
});
