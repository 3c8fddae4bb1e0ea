import {once} from 'node:events';
import {buffer, text} from 'node:stream/consumers';
import {describe, expect, it} from 'vitest';
import {
  everythingIn,
  message,
  outbox,
  outboxName,
  prepareForSend,
  queueNames,
  send,
  sqs,
  startSend,
} from './send-under-test.ts';

prepareForSend();

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

  it('tells programs all results in one JSON document', async () => {
    void answerMessages(() => [deferred, accepted]).catch(() => {});
    const {code, stdout} = await send(['--wait', '--json', 'examples/hello.json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      version: 1,
      results: [{source: 'examples/hello.json', fate: 'accepted', entry: {code: 250}}],
      missing: [],
    });
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
