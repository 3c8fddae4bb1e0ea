// list and show: what is in the dead-letter queues, and that looking changes nothing.

import {once} from 'node:events';
import {readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {RelayqUnderTest} from '../relayq-under-test.ts';
import {type LettersUnderTest, mail, names, startLetters, tracked} from './letters-under-test.ts';

let letters: LettersUnderTest;
let relayq: RelayqUnderTest;
let onCall: (operation: string) => Promise<void> | void;

beforeEach(async () => {
  onCall = () => {};
  letters = await startLetters({before: ({operation}) => onCall(operation)});
  relayq = await RelayqUnderTest.create(() => letters.sqs.endpoint.port);
});
afterEach(async () => {
  await relayq.stop();
  await letters.sqs.stop();
});

const listed = async (...args: string[]) => {
  const {code, stdout} = await relayq.run(['dead-letters', 'list', '--json', ...args]);
  return {code, ...JSON.parse(stdout)};
};
const visible = async (name: string) => (await letters.queue(name).counts()).visible;
const recipients = (count: number) => Array.from({length: count}, (_, n) => mail(`a${n}@example.org`));

describe('relayq dead-letters list', () => {
  it('says that there are none, and succeeds', async () => {
    const run = await relayq.run(['dead-letters']);
    expect(run).toEqual({
      code: 0,
      stdout: 'outbox-dlq: none\nwaiting-dlq: none\ndelivery-dlq.fifo: none\noutbox-oversize: none\n',
      stderr: '',
    });
  });

  it('is a sample that says so, and leaves all messages visible', async () => {
    await letters.die(names.outbox, ...recipients(57));
    const {code, stdout, stderr} = await relayq.run(['dead-letters', 'list']);
    expect({code, stderr}).toEqual({code: 1, stderr: ''});
    const [heading, ...lines] = stdout.split('\n');
    expect(heading).toBe('outbox-dlq: 10 of about 57');
    expect(lines.slice(0, 3)).toEqual([
      expect.stringMatching(/^ {2}[0-9a-f-]{36} {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ {2}\d+ B$/),
      expect.stringMatching(/^ {4}a\d+@example\.org "Grüße"$/),
      '    route failed at it each time, in relayq-local-outbox (2 receives, looks here included)',
    ]);
    expect(stdout).not.toContain('boss@');
    expect(await visible(names.outboxDlq)).toBe(57);
    expect((await listed('--queue', 'outbox-dlq', '--limit', '30')).queues).toMatchObject([{about: 57}]);
  });

  it('tells what each letter is, and why it is there', async () => {
    await letters.die(names.waitingSoon, tracked('id-1', 'w@example.org'));
    await letters
      .queue(names.waitingDlq)
      .send(
        `{"relayq":{"publish":"success"},"result":${tracked('id-2', 'r@example.org', {fate: 'accepted'})}}`,
      );
    await letters.die(names.deliverySlow, tracked('id-3', 'd@Example.ORG'));
    await letters.queue(names.deliveryDlq).sendTo('g', tracked('id-4', 'killer@example.org'));
    await letters.queue(names.outboxOversize).send('[1, 2');
    const {code, version, queues} = await listed();
    expect({code, version}).toEqual({code: 1, version: 1});
    const found = queues.flatMap((queue: {letters: object[]}) => queue.letters);
    const by = (messageId: string) =>
      found.find((letter: {messageId?: string}) => letter.messageId === messageId);
    expect(by('id-1')).toMatchObject({
      queue: 'waiting-dlq',
      kind: 'message',
      source: names.waitingSoon,
      receives: 2,
      recipient: 'w@example.org',
      domain: 'example.org',
      subject: 'Grüße',
      why: `route failed at it each time, in ${names.waitingSoon} (2 receives, looks here included)`,
    });
    expect(by('id-2')).toMatchObject({kind: 'result', recipient: 'r@example.org'});
    expect(by('id-3')).toMatchObject({domain: 'example.org', source: names.deliverySlow});
    expect(by('id-4')).toMatchObject({why: 'functions died of it, and deliver put it here'});
    expect(found.at(-1)).toMatchObject({queue: 'outbox-oversize', kind: 'text'});
  });

  it('finds nothing to complain of in large invalid texts', async () => {
    await letters.queue(names.outboxOversize).send('x');
    expect((await listed()).code).toBe(0);
  });

  it('shows hostile text harmless, and no longer than the terminal is wide', async () => {
    const recipient = `\u001b[2J\u009b31m\u202e${'x'.repeat(500)}@example.org`;
    await letters.die(names.outbox, mail(recipient, {mime: {subject: '\u001b]0;title\u0007'}}));
    const {stdout} = await relayq.run(['dead-letters']);
    for (const character of ['\u001b', '\u0007', '\u009b', '\u202e']) expect(stdout).not.toContain(character);
    expect(Math.max(...stdout.split('\n').map(line => line.length))).toBe(200);
  });

  it.each([
    ['--limit', '0'],
    ['--limit', '1001'],
    ['--queue', 'outbox'],
  ])('refuses %s %s', async (...args) => {
    expect((await relayq.run(['dead-letters', 'list', ...args])).code).toBe(2);
  });

  it('makes messages visible again when it is interrupted', async () => {
    await letters.die(names.outbox, ...recipients(30));
    const asked = Promise.withResolvers<void>();
    const killed = Promise.withResolvers<void>();
    let receives = 0;
    onCall = async operation => {
      if (operation !== 'ReceiveMessage' || ++receives < 2) return;
      asked.resolve();
      await killed.promise;
    };
    const child = relayq.start(['dead-letters', 'list', '--queue', 'outbox-dlq', '--limit', '30']);
    await asked.promise;
    expect(await visible(names.outboxDlq)).toBe(20);
    child.kill('SIGINT');
    killed.resolve();
    expect(await once(child, 'exit')).toEqual([130, null]);
    expect(await visible(names.outboxDlq)).toBe(30);
  });

  it('says so when messages stay hidden', async () => {
    await letters.die(names.outbox, ...recipients(2));
    onCall = operation => {
      if (operation === 'ChangeMessageVisibilityBatch') throw new Error('no');
    };
    const {code, stdout, stderr} = await relayq.run(['dead-letters', 'list', '--queue', 'outbox-dlq']);
    expect({code, stderr}).toEqual({
      code: 1,
      stderr: 'relayq: 2 messages of outbox-dlq may stay hidden for up to 61 s\n',
    });
    expect(stdout).toMatch(/^outbox-dlq: 2\n/);
  });
});

describe('relayq dead-letters show', () => {
  const password = 'hunter2hunter2';
  const secret = {smarthost: {hostname: 'smtp.example.net', username: 'u', password}};

  it('shows the whole message without its secrets, and leaves it where it is', async () => {
    await letters.die(names.delivery, tracked('id-1', 'a@example.org', secret));
    for (const args of [[], ['--json']]) {
      const {code, stdout} = await relayq.run(['dead-letters', 'show', 'id-1', ...args]);
      expect(code).toBe(0);
      expect(stdout).not.toContain(password);
      expect(JSON.parse(stdout)).toMatchObject({
        messageId: 'id-1',
        group: 'example.org#0',
        body: {
          envelope: 'boss@example.com',
          mime: expect.stringContaining('Subject:'),
          relayq: {attempts: 2},
        },
      });
    }
    expect(await visible(names.deliveryDlq)).toBe(1);
  });

  it('masks what looks like a secret in a text that is no message', async () => {
    await letters.queue(names.outboxOversize).send(`{"password": "${password}", `);
    const [
      {
        letters: [{id}],
      },
    ] = (await listed('--queue', 'outbox-oversize')).queues;
    const {stdout} = await relayq.run(['dead-letters', 'show', id]);
    expect(stdout).toContain('password');
    expect(stdout).not.toContain(password);
  });

  it('writes the body as it is into a file that only its owner can read, and never over another', async () => {
    const body = mail('a@example.org', {...secret, number: 1.1, text: 'ü'});
    await letters.die(names.outbox, body);
    const [
      {
        letters: [{id}],
      },
    ] = (await listed('--queue', 'outbox-dlq')).queues;
    const args = ['dead-letters', 'show', id, '--output', 'body.json'];
    const {code, stdout} = await relayq.run(args);
    expect({code, stdout}).toEqual({code: 0, stdout: ''});
    const path = join(relayq.directory, 'body.json');
    expect(await readFile(path, 'utf8')).toBe(body);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const again = await relayq.run(args);
    expect(again).toMatchObject({
      code: 1,
      stderr: 'relayq: body.json is there already, and is not overwritten\n',
    });
  });

  it('shows a large message in part, and says so', async () => {
    await letters.die(
      names.outbox,
      mail('a@example.org', {mime: `Subject: x\r\n\r\n${'y'.repeat(500_000)}`}),
    );
    const [
      {
        letters: [{id}],
      },
    ] = (await listed('--queue', 'outbox-dlq')).queues;
    const {stdout} = await relayq.run(['dead-letters', 'show', id]);
    expect(stdout.length).toBeLessThan(10_000);
    expect(stdout).toMatch(/not all of it: --json shows the rest, and --output FILE the octets\n$/);
  });

  it('finds one among many, and makes all visible again', async () => {
    await letters.die(
      names.waiting,
      ...Array.from({length: 120}, (_, n) => tracked(`id-${n}`, 'a@example.org')),
    );
    for (const id of ['id-0', 'id-119']) {
      const {stdout} = await relayq.run(['dead-letters', 'show', id, '--json']);
      expect(JSON.parse(stdout)).toMatchObject({messageId: id});
    }
    expect(await visible(names.waitingDlq)).toBe(120);
  });

  it('believes what a message says of its id only where functions alone write it', async () => {
    await letters.die(names.outbox, tracked('id-1', 'liar@example.org'));
    const {code, stderr} = await relayq.run(['dead-letters', 'show', 'id-1']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^relayq: id-1 is not among 1 message in outbox-dlq, waiting-dlq, /);
  });
});
