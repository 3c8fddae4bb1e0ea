import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {text} from 'node:stream/consumers';
import {setTimeout as delay} from 'node:timers/promises';
import {GetQueueAttributesCommand, SendMessageCommand, SQSClient} from '@aws-sdk/client-sqs';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {sdkOptions} from '../sdk-options.ts';

const root = join(import.meta.dirname, '../..');
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

/** Runs `npm start`'s command on free ports. */
function start(environment: Record<string, string> = {}, args: readonly string[] = []) {
  const child = spawn(process.execPath, ['cli/start/start.ts', ...args], {
    cwd: root,
    env: {...process.env, RELAYQ_PORT: '0', RELAYQ_SINK_PORT: '0', ...environment},
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.push(child);
  const lines: string[] = [];
  const ended = once(child, 'exit') as Promise<[number | null]>;
  let read: AsyncIterator<string> | undefined;
  const seen = async (pattern: RegExp, isLast: (line: string) => boolean = () => true) => {
    read ??= createInterface({input: child.stdout})[Symbol.asyncIterator]();
    for (let next = await read.next(); !next.done; next = await read.next()) {
      lines.push(next.value);
      if (pattern.test(next.value) && isLast(next.value)) return;
    }
    throw new Error(`no ${pattern} in:\n${lines.join('\n')}`);
  };
  return {child, lines, seen, ended};
}

describe('npm start', () => {
  it('delivers the example to the sink, says what to type next, and ends well at Ctrl-C', async () => {
    const {child, lines, seen, ended} = start();
    await seen(/Ctrl-C stops it/);
    const output = lines.join('\n');
    expect(output).toMatch(/^sink {5}#1 {2}\S+ → \S+ {2}"[^"]+" {2}/m);
    expect(output).toMatch(/^relayq {3}delivered [\d.]+ s after the start$/m);
    expect(output).toMatch(/aws --endpoint-url http:\/\/127\.0\.0\.1:\d+ sqs send-message --queue-url http/);
    child.kill('SIGINT');
    // It waits for none of its own long polls.
    const longPoll = delay(20_000, 'as long as a long poll', {ref: false});
    expect(await Promise.race([ended, longPoll])).toEqual([0, null]);
  });

  it.each(['RELAYQ_PORT', 'RELAYQ_SINK_PORT'])('names %s when that port is taken', async variable => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const {port} = server.address() as {port: number};
    const {child, ended} = start({[variable]: String(port)});
    let said = '';
    child.stderr.on('data', chunk => {
      said += chunk;
    });
    child.stdout.resume();
    expect((await ended)[0]).toBe(1);
    expect(said).toBe(
      `relayq: port ${port} is in use: stop what uses it, or choose another with ${variable}\n`,
    );
    server.close();
  });

  it('shows its usage', async () => {
    const {child, ended} = start({}, ['--help']);
    expect(await text(child.stdout)).toMatch(/^Usage: npm start -- \[OPTIONS\]\n.*--data DIR /s);
    expect(await ended).toEqual([0, null]);
  });

  it.each<[string[], Record<string, string>, string]>([
    [['--date', 'x'], {}, "Unknown option '--date'; see npm start -- --help"],
    [['-x'], {}, "Unknown option '-x'; see npm start -- --help"],
    [['data'], {}, "Unexpected argument 'data'; see npm start -- --help"],
    [['--data'], {}, "Option '--data <value>' argument missing; see npm start -- --help"],
    [['--data='], {}, '--data: name a directory; see npm start -- --help'],
    [['--data', 'package.json'], {}, 'the data directory package.json is not a directory'],
    [[], {RELAYQ_PORT: 'many'}, 'RELAYQ_PORT: not a port: many'],
    [[], {RELAYQ_SINK_PORT: '0x10'}, 'RELAYQ_SINK_PORT: not a port: 0x10'],
    [[], {RELAYQ_PORT: '65536'}, 'RELAYQ_PORT: not a port: 65536'],
  ])('says in one line what is wrong with %j %j', async (args, environment, problem) => {
    const {child, ended} = start(environment, args);
    const [said, shown] = await Promise.all([text(child.stderr), text(child.stdout)]);
    expect({said, shown}).toEqual({said: `relayq: ${problem}\n`, shown: ''});
    expect(await ended).toEqual([1, null]);
  });
});

describe('npm start -- --data', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'relayq-start-'));
  });
  afterEach(() => rm(directory, {recursive: true}));

  it('does not touch a directory that another process uses', async () => {
    const first = start({}, ['--data', directory]);
    await first.seen(/Ctrl-C stops it/);
    const second = start({}, ['--data', directory]);
    const [said, shown] = await Promise.all([text(second.child.stderr), text(second.child.stdout)]);
    expect(said).toMatch(
      /^relayq: the data directory \S+ is in use by another local cloud \(.*\): [^\n]*\n$/,
    );
    expect(shown).toBe('');
    expect(await second.ended).toEqual([1, null]);
  });

  /** The server takes the text, and does not reply to it. */
  const stuck = JSON.stringify([{smtp: {stage: 'data', delayMs: 600_000}}]);

  async function startStuck() {
    const started = start({}, ['--data', directory]);
    await started.seen(/Ctrl-C stops it/);
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(started.lines.join('\n'))!;
    await fetch(`${url}/_relayq/faults`, {method: 'PUT', body: stuck});
    const client = new SQSClient(sdkOptions(url));
    const queue = (name: string) => `${url}/000000000000/relayq-local-${name}`;
    for (const recipient of ['a@example.org', 'b@example.org', 'c@example.com']) {
      const MessageBody = JSON.stringify({recipient, mime: 'Subject: stuck\r\n\r\nx'});
      await client.send(new SendMessageCommand({QueueUrl: queue('outbox'), MessageBody}));
    }
    const counts = async () => {
      const command = new GetQueueAttributesCommand({
        QueueUrl: queue('delivery.fifo'),
        AttributeNames: ['All'],
      });
      const {Attributes: all = {}} = await client.send(command);
      const [visible, inFlight] = [
        all.ApproximateNumberOfMessages,
        all.ApproximateNumberOfMessagesNotVisible,
      ].map(Number);
      return {all: visible! + inFlight!, held: inFlight! > 0};
    };
    await expect.poll(counts).toEqual({all: 3, held: true});
    client.destroy();
    return started;
  }

  /** All three arrive soon, though the visibility timeout of what was in flight is a quarter of an hour. */
  async function expectTheRest() {
    const {seen} = start({}, ['--data', directory]);
    const left = new Set(['a@example.org', 'b@example.org', 'c@example.com']);
    await seen(/^sink/, line => {
      for (const recipient of left) if (line.includes(`→ ${recipient}`)) left.delete(recipient);
      return left.size === 0;
    });
  }

  it('says what a stop waits for, cuts it off in the end, and delivers it after the next start', async () => {
    const {child, lines, seen, ended} = await startStuck();
    child.kill('SIGTERM');
    await seen(/functions have \d+ messages in hand: waiting for them, at most 5 s/);
    await seen(/messages were cut off: the next start delivers them again, some may arrive twice/);
    expect(await ended).toEqual([0, null]);
    expect(lines.filter(line => line.startsWith('relayq   stopping'))).toHaveLength(1);
    await expectTheRest();
  });

  it('delivers it after a second Ctrl-C, which waits for nothing', async () => {
    const {child, seen, ended} = await startStuck();
    child.kill('SIGINT');
    await seen(/waiting for them/);
    await delay(350);
    child.kill('SIGINT');
    expect(await ended).toEqual([130, null]);
    await expectTheRest();
  });

  it('delivers it after a SIGKILL', async () => {
    const {child, ended} = await startStuck();
    child.kill('SIGKILL');
    await ended;
    await expectTheRest();
  });
});
