import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {buffer, text} from 'node:stream/consumers';
import {CreateQueueCommand, ListQueuesCommand} from '@aws-sdk/client-sqs';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {type QueueUnderTest, type SqsUnderTest, startSqs} from '../sqs/sqs-under-test.ts';

const root = join(import.meta.dirname, '../..');
const outboxName = 'relayq-local-outbox';

let sqs: SqsUnderTest;
let outbox: QueueUnderTest;
let directory: string;
const running: ChildProcess[] = [];

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

function startSend(args: readonly string[], environment: Record<string, string> = {}) {
  const {AWS_ACCESS_KEY_ID: _id, AWS_REGION: _region, ...inherited} = process.env;
  const child = spawn(process.execPath, ['tools/send.ts', ...args], {
    cwd: root,
    env: {...inherited, RELAYQ_PORT: String(sqs.endpoint.port), ...environment},
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.push(child);
  return child;
}

async function send(args: readonly string[], input = '', environment: Record<string, string> = {}) {
  const child = startSend(args, environment);
  child.stdin!.end(input);
  const [[code], stdout, stderr] = await Promise.all([
    once(child, 'exit'),
    text(child.stdout!),
    text(child.stderr!),
  ]);
  return {code, stdout, stderr};
}

async function file(name: string, content: string | Buffer): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, content);
  return path;
}

const message = (recipient: string, more: object = {}) => ({
  envelope: 'jo@example.com',
  recipient,
  mime: 'Subject: x\r\n\r\nx\r\n',
  ...more,
});

async function everythingIn(queue: QueueUnderTest): Promise<Record<string, unknown>[]> {
  const bodies: Record<string, unknown>[] = [];
  for (;;) {
    const received = await queue.receive();
    if (received.length === 0) return bodies;
    bodies.push(...received.map(({Body}) => JSON.parse(Body!)));
    await Promise.all(received.map(one => queue.delete(one)));
  }
}

const queueNames = async () => {
  const {QueueUrls = []} = await sqs.client.send(new ListQueuesCommand({}));
  return QueueUrls.map(url => url.slice(url.lastIndexOf('/') + 1));
};

type Entry = Record<string, unknown>;

/** Takes messages off the outbox, and answers each with results; ends with the test's endpoint. */
async function answerMessages(
  resultsOf: (recipient: string) => [fate: string, entry: Entry][],
): Promise<void> {
  for (;;) {
    const received = await outbox.receive({WaitTimeSeconds: 20});
    for (const one of received) {
      const {mime, ...properties} = JSON.parse(one.Body!);
      const results = sqs.queueNamed(properties.queues.results);
      for (const [fate, entry] of resultsOf(properties.recipient))
        await results.send(JSON.stringify({...properties, fate, results: [{state: 'connect'}, entry]}));
      await outbox.delete(one);
    }
  }
}

const accepted: [string, Entry] = [
  'accepted',
  {
    state: 'message',
    result: 'accepted',
    code: 250,
    status: '2.0.0',
    description: 'OK',
    mta: 'mx.example.org',
  },
];
const deferred: [string, Entry] = ['deferred', {code: 451, status: '4.7.1', description: 'later\x1b[2J'}];
const bounced: [string, Entry] = ['bounced', {code: 550, status: '5.1.1', description: 'no such user'}];

describe('npm run send', () => {
  it('puts messages of files and stdin on the outbox', async () => {
    const json = await file(
      'list.json',
      JSON.stringify([message('a@example.org'), message('b@example.org')]),
    );
    const {code, stdout, stderr} = await send(
      [json, 'examples/newsletter.eml', '-'],
      `${JSON.stringify(message('c@example.org', {custom: 'ü\uffff'}))}\n`,
    );
    expect({code, stdout, stderr}).toEqual({code: 0, stdout: '5 messages sent\n', stderr: ''});
    const bodies = await everythingIn(outbox);
    expect(bodies.map(({recipient}) => recipient).toSorted()).toEqual([
      'a@example.org',
      'b@example.org',
      'c@example.org',
      'jo.doe@example.org',
      'sam@example.net',
    ]);
    expect(bodies.find(({recipient}) => recipient === 'c@example.org')).toEqual(
      message('c@example.org', {custom: 'ü\uffff'}),
    );
    const newsletter = bodies.find(({recipient}) => recipient === 'sam@example.net');
    expect(newsletter?.envelope).toBe('bounces@news.example.com');
    expect(newsletter?.mime).toContain('x-mq-campaign: 2026-01\n');
  });

  it('sends many, within the limits of a request, and each exactly once', async () => {
    const large = Array.from({length: 5}, (_, n) =>
      message(`large${n}@example.org`, {mime: 'x'.repeat(400_000)}),
    );
    const small = Array.from({length: 200}, (_, n) => message(`small${n}@example.org`));
    const ndjson = [...large, ...small].map(one => JSON.stringify(one)).join('\n');
    const {code, stdout} = await send(['-'], ndjson);
    expect({code, stdout}).toEqual({code: 0, stdout: '205 messages sent\n'});
    const recipients = (await everythingIn(outbox)).map(body => body.recipient);
    expect(recipients).toHaveLength(205);
    expect(new Set(recipients)).toEqual(new Set([...large, ...small].map(({recipient}) => recipient)));
  });

  it('sends to another stage at another endpoint', async () => {
    await sqs.client.send(new CreateQueueCommand({QueueName: 'relayq-dev-outbox'}));
    const {code} = await send(
      ['--stage', 'dev', '--endpoint-url', sqs.endpoint.url, 'examples/hello.json'],
      '',
      {AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: 'eu-west-1', RELAYQ_PORT: '1'},
    );
    expect(code).toBe(0);
    expect(await everythingIn(sqs.queueNamed('relayq-dev-outbox'))).toHaveLength(1);
    expect(await everythingIn(outbox)).toHaveLength(0);
  });

  it('sends nothing when one of the files is wrong', async () => {
    const bad = await file('bad.json', '{"smarthost": {"password": "hunter2"}, oops}');
    const {code, stdout, stderr} = await send(['examples/hello.json', bad]);
    expect({code, stdout}).toEqual({code: 2, stdout: ''});
    expect(stderr).toBe(`relayq: ${bad}: is not JSON: see line 1, column 40\n`);
    expect(await everythingIn(outbox)).toEqual([]);
  });

  it.each([
    [[], 'relayq: no FILE given\n'],
    [['--sage', 'x', 'f.json'], /^relayq: Unknown option '--sage'/],
    [['--stage', 'Bad Stage', 'f.json'], /^relayq: --stage: not the name of a stage: "Bad Stage"\n/],
    [['--timeout', 'soon', 'f.json'], /^relayq: --timeout: not a number of seconds/],
    [['--endpoint-url', 'localhost:4566', 'f.json'], /^relayq: --endpoint-url: not a URL/],
    [['no-such-file.json'], 'relayq: no-such-file.json: no such file\n'],
    [['test'], 'relayq: test: is a directory\n'],
  ])('says what is wrong with %j', async (args, problem) => {
    const {code, stderr} = await send(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(problem);
  });

  it('explains itself', async () => {
    const {code, stdout} = await send(['--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: npm run send -- /);
  });

  it('says how to start the local cloud when there is none', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const {port} = server.address() as {port: number};
    server.close();
    const {code, stderr} = await send(['examples/hello.json'], '', {RELAYQ_PORT: String(port)});
    expect(code).toBe(1);
    expect(stderr).toBe(
      `relayq: nothing answers at http://127.0.0.1:${port}; start the local cloud with: npm start\n`,
    );
  });

  it('says so when the stage is not there', async () => {
    const {code, stderr} = await send(['--stage', 'prod', '--endpoint-url', sqs.endpoint.url, '-'], '{}', {
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'eu-west-1',
    });
    expect(code).toBe(1);
    expect(stderr).toBe('relayq: there is no queue relayq-prod-outbox: is stage prod deployed there?\n');
  });
});

describe('npm run send -- --wait', () => {
  it('shows every result, and succeeds when all messages are accepted', async () => {
    const answering = answerMessages(recipient =>
      // At least once: a result may come twice.
      recipient.startsWith('a@') ? [deferred, accepted, accepted] : [accepted],
    ).catch(() => {});
    const input = JSON.stringify([message('a@example.org'), message('b@example.org')]);
    const {code, stdout, stderr} = await send(['--wait', '-'], input);
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    const lines = stdout.trimEnd().split('\n');
    expect(lines.at(-1)).toBe('2 accepted');
    expect(lines.toSorted()).toEqual([
      '2 accepted',
      'accepted  a@example.org  250 2.0.0  OK  (mx.example.org)',
      'accepted  b@example.org  250 2.0.0  OK  (mx.example.org)',
      'deferred  a@example.org  451 4.7.1  later [2J',
    ]);
    expect(await queueNames()).toEqual([outboxName]);
    await sqs.endpoint.close();
    await answering;
  });

  it('fails when one is not accepted', async () => {
    void answerMessages(recipient => [recipient.startsWith('a@') ? accepted : bounced]).catch(() => {});
    const input = JSON.stringify([message('a@example.org'), message('b@example.org')]);
    const {code, stdout} = await send(['--wait', '-'], input);
    expect(code).toBe(1);
    expect(stdout).toContain('bounced   b@example.org  550 5.1.1  no such user\n');
    expect(stdout).toMatch(/\n1 accepted, 1 bounced\n$/);
    expect(await queueNames()).toEqual([outboxName]);
  });

  it('gives up when it gets too late, and names what has no result', async () => {
    const {code, stdout, stderr} = await send(['--wait', '--timeout', '0.5', 'examples/hello.json']);
    expect(code).toBe(1);
    expect(stdout).toBe('1 without a final result\n');
    expect(stderr).toBe('relayq: examples/hello.json: no final result after 0.5 s\n');
    expect(await queueNames()).toEqual([outboxName]);
  });

  it('asks for the results, and for nothing that the message has decided itself', async () => {
    await send(['--wait', '--timeout', '0.1', 'examples/hello.json']);
    const [body] = await everythingIn(outbox);
    expect(body?.queues).toEqual({results: expect.stringMatching(/^relayq-local-results-[0-9a-f]{8}$/)});
    const own = JSON.stringify(message('a@example.org', {queues: {results: 'mine'}}));
    const {code, stderr} = await send(['--wait', '-'], own);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^relayq: stdin: sets queues\.results itself/);
    expect(await everythingIn(outbox)).toEqual([]);
    expect(await queueNames()).toEqual([outboxName]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('deletes its queue at %s', async signal => {
    const child = startSend(['--wait', 'examples/hello.json']);
    const output = Promise.all([buffer(child.stdout!), text(child.stderr!)]);
    // Once the message is there, so is the queue.
    expect(await outbox.receive({WaitTimeSeconds: 20})).toHaveLength(1);
    expect(await queueNames()).toHaveLength(2);
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect((await output)[1]).toBe('');
    expect(await queueNames()).toEqual([outboxName]);
  });
});
