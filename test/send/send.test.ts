import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdir, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {buffer, text} from 'node:stream/consumers';
import {CreateQueueCommand, ListQueuesCommand} from '@aws-sdk/client-sqs';
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest';
import {type QueueUnderTest, type SqsUnderTest, startSqs} from '../local/sqs/sqs-under-test.ts';

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
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')),
  );
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
    [
      ['functions'],
      'relayq: functions: is a folder without a file whose name ends in .eml, .json, .jsonl or .ndjson\n',
    ],
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
    const args = ['--stage', 'prod', '--endpoint-url', sqs.endpoint.url, 'examples/hello.json'];
    const {code, stderr} = await send(args, '', {
      AWS_ACCESS_KEY_ID: 'id',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'eu-west-1',
    });
    expect(code).toBe(1);
    expect(stderr).toBe('relayq: there is no queue relayq-prod-outbox: is stage prod deployed there?\n');
  });
});

describe('npm run send checks before it sends', () => {
  const bad = message('no address');
  it.each<[string, object[], RegExp]>([
    [
      'a recipient',
      [message('a@example.org'), bad],
      /^relayq: stdin, message 2: recipient must be an address/,
    ],
    [
      'a smarthost',
      [message('a@example.org', {smarthost: {hostname: 'a b'}})],
      /: smarthost\.hostname must be a/,
    ],
    ['a time', [message('a@example.org', {maxdelivertime: 'soon'})], /: maxdelivertime must be a UTC time/],
    [
      'a time that is over',
      [message('a@example.org', {maxdelivertime: '2020-01-01 00:00:00'})],
      /: maxdelivertime: no time left/,
    ],
    [
      'a header field',
      [message('a@example.org', {mime: 'x-mq-maxattempts: 0\r\n\r\nx'})],
      /: maxattempts must be/,
    ],
    ['what is not supported', [message('a@example.org', {dkim: {}})], /: dkim is not supported yet/],
    [
      'a text that cannot be made',
      [message('a@example.org', {mime: {attachments: [{path: '/etc/passwd'}]}})],
      /: mime cannot be made into a message: File access rejected/,
    ],
    [
      'a field that a composed text brings',
      [message('a@example.org', {mime: {text: 'x', headers: {'x-mq-retries': 'soon'}}})],
      /: retries must be a list/,
    ],
    [
      'the depth',
      [JSON.parse(`{"recipient":"a@example.org","mime":"x","a":${'['.repeat(500)}${']'.repeat(500)}}`)],
      /: it is nested more than 100 deep/,
    ],
    ['the size', [message('a@example.org', {mime: 'x'.repeat(1_032_150)})], /takes up 1,032,\d\d\d octets/],
    [
      'the size with its tracking',
      [message('a@example.org', {mime: 'x'.repeat(1_032_092)})],
      /takes up 1032\d\d\d octets; at most 1032192/,
    ],
  ])('%s', async (_, input, problem) => {
    const {code, stdout, stderr} = await send(['-'], JSON.stringify(input));
    expect({code, stdout}).toEqual({code: 2, stdout: ''});
    expect(stderr).toMatch(problem);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(await everythingIn(outbox)).toEqual([]);
  });

  it('and tells all problems of all files, each with its place', async () => {
    const list = await file(
      'wrong.json',
      JSON.stringify([bad, message('a@example.org', {maxattempts: 0, retries: 'x'})]),
    );
    const broken = await file('broken.json', '{');
    const {code, stderr} = await send([list, broken, 'no-such-file', 'examples/hello.json']);
    expect(code).toBe(2);
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map(line => line.replace(/ (must|is) .*/, '')),
    ).toEqual([
      `relayq: ${list}, message 1: recipient`,
      `relayq: ${list}, message 2: maxattempts`,
      `relayq: ${list}, message 2: retries`,
      `relayq: ${broken}:`,
      'relayq: no-such-file: no such file',
    ]);
    expect(await everythingIn(outbox)).toEqual([]);
  });

  it('with --wait too, before it makes a queue', async () => {
    const {code} = await send(['--wait', '-'], JSON.stringify(bad));
    expect(code).toBe(2);
    expect(await queueNames()).toEqual([outboxName]);
  });

  it('but not what only the settings of the stage say', async () => {
    const later = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
    const {code} = await send(['-'], JSON.stringify(message('a@example.org', {nextattempt: {time: later}})));
    expect(code).toBe(0);
  });

  it('takes folders, at any depth, in the order of the names and without what is hidden', async () => {
    const folder = join(directory, 'folder');
    await mkdir(join(folder, 'b', 'c'), {recursive: true});
    await mkdir(join(folder, '.git'));
    await mkdir(join(folder, 'x.json'));
    const put = (name: string) =>
      writeFile(
        join(folder, name),
        JSON.stringify(message(`${name.replaceAll(/\W/g, '-').replace(/^-/, 'h')}@example.org`)),
      );
    for (const name of [
      'd.json',
      'a.JSON',
      'b/c/1.json',
      'b/2.jsonl',
      '.hidden.json',
      '.git/3.json',
      'README.md',
      'x.json/y.json',
    ])
      await put(name);
    await writeFile(join(folder, 'b', 'mail.eml'), 'From: me@example.com\nTo: eml@example.org\n\nx\n');
    const {code, stdout} = await send(['--dry-run', folder, 'examples/hello.json']);
    expect(code).toBe(0);
    expect(stdout.match(/(?<=→ )[^@]+/g)).toEqual([
      'a-JSON',
      'b-2-jsonl',
      'b-c-1-json',
      'eml',
      'd-json',
      'x-json-y-json',
      'jo.doe',
    ]);
  });

  it('--dry-run sends nothing, and needs no AWS', async () => {
    const mime = 'Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\x1b[2J: x\r\n\r\nx';
    const smarthost = {hostname: 'smtp.example.net', username: 'u', password: 'hunter2'};
    const input = [
      message('a@example.org', {mime, smarthost}),
      message('b@example.org', {envelope: '<>', mime: {subject: 'made', text: 'x'}}),
    ];
    const {code, stdout, stderr} = await send(['--dry-run', '--stage', 'prod', '-'], JSON.stringify(input), {
      RELAYQ_PORT: '1',
    });
    expect({code, stderr}).toEqual({code: 0, stderr: ''});
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^jo@example\.com → a@example\.org {2}"Grüße" {2}[\d,]+ octets {2}by smtp\.example\.net {2}\(stdin, message 1\)$/,
      ),
      expect.stringMatching(/^<> → b@example\.org {2}"made" {2}[\d,]+ octets {2}\(stdin, message 2\)$/),
      '2 messages checked, none sent',
      '',
    ]);
    expect(stdout).not.toContain('hunter2');
    const wrong = await send(['--dry-run', '-'], JSON.stringify(bad));
    expect(wrong).toMatchObject({code: 2, stdout: ''});
    expect(await everythingIn(outbox)).toEqual([]);
  });
});

describe('npm run send -- --stage prod says in a line what to do', () => {
  const nothing = {
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  it.each<[string, Record<string, string>, RegExp]>([
    ['without a region', {}, /there is no AWS region: set AWS_REGION/],
    ['without credentials', {AWS_REGION: 'eu-west-1'}, /there are no AWS credentials: set AWS_PROFILE, or/],
    [
      'with a profile that is not there',
      {AWS_REGION: 'eu-west-1', AWS_PROFILE: 'nobody'},
      /no(?:t| has no)? .*credentials/,
    ],
  ])('%s', async (_, environment, problem) => {
    const {code, stdout, stderr} = await send(['--stage', 'prod', 'examples/hello.json'], '', {
      ...nothing,
      ...environment,
    });
    expect({code, stdout}).toEqual({code: 1, stdout: ''});
    expect(stderr).toMatch(/^relayq: [^\n]*\n$/);
    expect(stderr).toMatch(problem);
  });
});

describe('npm run send -- --wait', () => {
  it('shows a deferral once and what became of each, and succeeds when all messages are accepted', async () => {
    const answering = answerMessages(recipient =>
      // At least once: a result may come twice.
      recipient.startsWith('a@') ? [deferred, deferred, deferred, accepted, accepted] : [accepted],
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
