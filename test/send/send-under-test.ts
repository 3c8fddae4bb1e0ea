// `npm run send` as tests run it: a process of its own, an SQS that it sends to, and files for it.

import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {text} from 'node:stream/consumers';
import {CreateQueueCommand, ListQueuesCommand} from '@aws-sdk/client-sqs';
import {afterAll, afterEach, beforeAll, beforeEach} from 'vitest';
import {type QueueUnderTest, type SqsUnderTest, startSqs} from '../local/sqs/sqs-under-test.ts';

const root = join(import.meta.dirname, '../..');
export const outboxName = 'relayq-local-outbox';

/** A new SQS for each test of the file, and one directory for all of them. */
export let sqs: SqsUnderTest;
export let outbox: QueueUnderTest;
export let directory: string;
const running: ChildProcess[] = [];

/** To be called once in each test file. */
export function prepareForSend(): void {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'relayq-send-'));
  });
  afterAll(() => rm(directory, {recursive: true, force: true}));
  beforeEach(async () => {
    sqs = await startSqs();
    await sqs.client.send(new CreateQueueCommand({QueueName: outboxName}));
    outbox = sqs.queueNamed(outboxName);
  });
  afterEach(async () => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
    await sqs.stop();
  });
}

export function startSend(args: readonly string[], environment: Record<string, string> = {}) {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')),
  );
  const child = spawn(process.execPath, ['cli/relayq.ts', 'send', ...args], {
    cwd: root,
    env: {...inherited, RELAYQ_PORT: String(sqs.endpoint.port), ...environment},
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.push(child);
  return child;
}

export async function send(args: readonly string[], input = '', environment: Record<string, string> = {}) {
  const child = startSend(args, environment);
  child.stdin!.end(input);
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout!),
    text(child.stderr!),
  ]);
  return {code, stdout, stderr};
}

export async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

export const message = (recipient: string, more: object = {}) => ({
  envelope: 'jo@example.com',
  recipient,
  mime: 'Subject: x\r\n\r\nx\r\n',
  ...more,
});

export async function everythingIn(queue: QueueUnderTest): Promise<Record<string, unknown>[]> {
  const bodies: Record<string, unknown>[] = [];
  for (;;) {
    const received = await queue.receive();
    if (received.length === 0) return bodies;
    bodies.push(...received.map(({Body}) => JSON.parse(Body!)));
    await Promise.all(received.map(one => queue.delete(one)));
  }
}

export const queueNames = async () => {
  const {QueueUrls = []} = await sqs.client.send(new ListQueuesCommand({}));
  return QueueUrls.map(url => url.slice(url.lastIndexOf('/') + 1));
};
