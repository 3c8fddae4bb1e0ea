// redrive and drop: no message is lost, whatever happens in between.

import {readdir, readFile, stat, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, it} from 'vitest';
import {accessDenied} from '../../../local/iam/access-denied.ts';
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

const run = (...args: string[]) => relayq.run(['dead-letters', ...args]);
const visible = async (name: string) => (await letters.queue(name).counts()).visible;
const many = (count: number) => Array.from({length: count}, (_, n) => tracked(`id-${n}`, 'a@example.org'));

describe('relayq dead-letters redrive --all', () => {
  it('moves the messages of all queues to where they came from', async () => {
    await letters.die(names.outbox, mail('a@example.org'), mail('b@example.org'));
    await letters.die(names.waitingSoon, tracked('id-1', 'a@example.org'));
    await letters.die(names.deliverySlow, tracked('id-2', 'a@example.org'));
    await letters.queue(names.deliveryDlq).sendTo('g', tracked('id-3', 'a@example.org'));
    await letters.queue(names.outboxOversize).send('x');
    const {code, stdout} = await run('redrive', '--all');
    expect({code, stdout}).toEqual({
      code: 0,
      stdout:
        'outbox-dlq: 2 messages moved\nwaiting-dlq: 1 message moved\ndelivery-dlq.fifo: 2 messages moved\n',
    });
    const places = [names.outbox, names.waiting, names.waitingSoon, names.delivery, names.outboxOversize];
    expect(await Promise.all(places.map(visible))).toEqual([2, 0, 1, 2, 1]);
    expect(await run('redrive', '--all')).toMatchObject({code: 0, stdout: 'there are no dead letters\n'});
  });

  it('fails with SQS’s reason when it does not know where messages came from', async () => {
    await letters.queue(names.waitingDlq).send(tracked('id-1', 'a@example.org'));
    const {code, stdout} = await run('redrive', '--all', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      version: 1,
      moves: [
        {
          queue: 'waiting-dlq',
          moved: 0,
          status: 'FAILED',
          reason: 'CouldNotDetermineMessageSource',
          problem: expect.stringContaining('redrive such messages by their IDs'),
        },
      ],
    });
    expect((await run('redrive', '--all')).stdout).toBe(
      'waiting-dlq: 0 messages moved; then it stopped: SQS does not know where a message came from; redrive such messages by their IDs\n',
    );
    expect(await visible(names.waitingDlq)).toBe(1);
  });

  it.each([
    [['redrive']],
    [['redrive', 'id-1', '--all']],
    [['redrive', '--all', '--queue', 'outbox-oversize']],
    [['drop']],
    [['drop', 'id-1', '--all']],
  ])('wants to know what: %j', async args => {
    expect((await run(...args)).code).toBe(2);
  });
});

describe('relayq dead-letters redrive ID', () => {
  it('puts a message into the group and the queue that it came from, and not again when it is repeated', async () => {
    await letters.die(names.deliverySlow, tracked('id-1', 'a@example.org'));
    let deletes = 0;
    onCall = operation => {
      // The SDK tries a call three times.
      if (operation === 'DeleteMessageBatch' && ++deletes <= 3) throw new Error('no');
    };
    const failed = await run('redrive', 'id-1');
    expect(failed).toMatchObject({code: 1, stdout: ''});
    expect(failed.stderr).toMatch(/^relayq: id-1 is on relayq-local-delivery-slow\.fifo, and still in /);
    expect(await visible(names.deliveryDlq)).toBe(1);
    const {code, stdout} = await run('redrive', 'id-1', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({version: 1, to: names.deliverySlow});
    expect(await visible(names.deliveryDlq)).toBe(0);
    const received = await letters.queue(names.deliverySlow).receive();
    expect(received.map(({Body}) => Body)).toEqual([tracked('id-1', 'a@example.org')]);
    expect(received[0]!.Attributes).toMatchObject({MessageGroupId: 'example.org#0'});
  });

  it('takes what a function has put there, whatever SQS knows of its source', async () => {
    await letters.queue(names.deliveryDlq).sendTo('g', tracked('id-1', 'a@example.org'));
    const {code, stdout} = await run('redrive', 'id-1');
    expect({code, stdout}).toEqual({
      code: 0,
      stdout: expect.stringMatching(/: on relayq-local-delivery\.fifo again\n$/),
    });
    expect(await visible(names.delivery)).toBe(1);
  });

  it('leaves a message where it is when it may not send it', async () => {
    await letters.die(names.waiting, ...many(12));
    onCall = operation => {
      if (operation === 'SendMessage')
        throw accessDenied('jo', {action: 'sqs:SendMessage'}, 'denied by resource');
    };
    const {code, stderr} = await run('redrive', 'id-11');
    expect(code).toBe(3);
    expect(stderr).toMatch(/^relayq: your AWS credentials may not do this/);
    expect([await visible(names.waiting), await visible(names.waitingDlq)]).toEqual([0, 12]);
  });

  it('moves one alone', async () => {
    await letters.die(names.waiting, ...many(12));
    expect(await run('redrive', 'id-5')).toMatchObject({code: 0});
    expect([await visible(names.waiting), await visible(names.waitingDlq)]).toEqual([1, 11]);
  });
});

describe('relayq dead-letters drop', () => {
  it('writes every message into a private file before it deletes them', async () => {
    const bodies = many(25);
    await letters.die(names.waiting, ...bodies);
    await letters.die(names.delivery, tracked('id-f', 'a@example.org'));
    const {code, stdout, stderr} = await run('drop', '--all');
    expect({code, stdout}).toEqual({code: 0, stdout: '26 messages dropped\n'});
    const [file] = await readdir(relayq.directory);
    expect(file).toMatch(/^dead-letters-local-\d{8}T\d{6}Z\.jsonl$/);
    expect(stderr).toBe(`26 messages in ${file}, secrets included\n`);
    const path = join(relayq.directory, file!);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
    const kept = lines.map(line => JSON.parse(line));
    expect(kept.map(({body}) => body).toSorted()).toEqual(
      [...bodies, tracked('id-f', 'a@example.org')].toSorted(),
    );
    expect(kept.at(-1)).toMatchObject({
      source: names.delivery,
      attributes: {MessageGroupId: 'example.org#0'},
    });
    expect([await visible(names.waitingDlq), await visible(names.deliveryDlq)]).toEqual([0, 0]);
  });

  it('takes a whole message group of a FIFO queue', async () => {
    await letters.die(names.delivery, ...many(25));
    expect(await run('drop', '--all', '--queue', 'delivery-dlq.fifo')).toMatchObject({
      code: 0,
      stdout: '25 messages dropped\n',
    });
    expect(await visible(names.deliveryDlq)).toBe(0);
  });

  it('deletes nothing when it cannot write', async () => {
    await letters.die(names.waiting, ...many(3));
    await writeFile(join(relayq.directory, 'mine.jsonl'), 'mine');
    for (const to of ['mine.jsonl', 'no-such-folder/x.jsonl']) {
      const {code, stdout} = await run('drop', '--all', '--to', to);
      expect({code, stdout}).toEqual({code: 1, stdout: ''});
    }
    expect(await readFile(join(relayq.directory, 'mine.jsonl'), 'utf8')).toBe('mine');
    expect(await visible(names.waitingDlq)).toBe(3);
  });

  it('drops one alone, and makes no file where there is none', async () => {
    await letters.die(names.waiting, ...many(12));
    expect(await run('drop', 'id-99', '--to', 'one.jsonl')).toMatchObject({code: 1});
    expect(await readdir(relayq.directory)).toEqual([]);
    expect(await run('drop', 'id-5', '--to', 'one.jsonl')).toMatchObject({code: 0});
    expect(await visible(names.waitingDlq)).toBe(11);
    expect(await readFile(join(relayq.directory, 'one.jsonl'), 'utf8')).toContain('id-5');
  });

  it('has them in the file when it asks SQS to delete them', async () => {
    await letters.die(names.waiting, ...many(25));
    const counts: number[] = [];
    onCall = async operation => {
      if (operation !== 'DeleteMessageBatch') return;
      const text = await readFile(join(relayq.directory, 'kept.jsonl'), 'utf8');
      counts.push(text.trimEnd().split('\n').length);
    };
    await run('drop', '--all', '--to', 'kept.jsonl');
    expect(counts).toEqual([10, 20, 25]);
  });

  it('says which are still there, and fails', async () => {
    await letters.die(names.delivery, ...many(2));
    onCall = operation => {
      // The receipts of a FIFO queue end with the time for which messages are hidden.
      if (operation === 'DeleteMessageBatch') letters.sqs.pass(3600);
    };
    const {code, stdout, stderr} = await run('drop', 'id-0');
    expect({code, stdout}).toEqual({code: 1, stdout: '0 messages dropped\n'});
    expect(stderr).toMatch(/^relayq: [0-9a-f-]{36} is still in delivery-dlq\.fifo: /);
    expect(await visible(names.deliveryDlq)).toBe(2);
  });
});

it.each([
  ['redrive', '--all'],
  ['redrive', 'id-0'],
  ['drop', '--all'],
  ['drop', 'id-0'],
])('relayq dead-letters %s %s changes nothing with --read-only', async (...args) => {
  await letters.die(names.waiting, ...many(1));
  const {code, stderr} = await run(...args, '--read-only');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^relayq: --read-only: this would (?:redrive|drop) /);
  expect(await visible(names.waitingDlq)).toBe(1);
  expect(await readdir(relayq.directory)).toEqual([]);
});
