// One server for each way to go wrong, all at the same time: each message comes to one end, which says where it went
// wrong; and what goes to a server that works goes there as fast as ever.

import {setTimeout as delay} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {
  ahead,
  close,
  flood,
  goingAway,
  ifEarly,
  type MisbehavingServer,
  reset,
  says,
  silence,
  startMisbehavingServer,
  trickle,
  type Wrong,
} from './misbehaving-server.ts';
import {names, Pipeline, type Result} from './pipeline-under-test.ts';

const timeoutS = 3;
const maxAttempts = 2;

/** What each attempt's entry says: stage, result, and the reply's code or that the message may have been sent. */
type Attempt = readonly [state: string, result: string, more?: number | 'maybe sent'];
type Row = readonly [name: string, wrong: Wrong, expected: 'accepted' | Attempt];

const firstLine = (text: string) => text.slice(0, text.indexOf('\r\n') + 2);
const rows: readonly Row[] = [
  ['silent instead of a greeting', {at: 'greeting', does: silence}, ['intro', 'timeout']],
  ['silent after EHLO', {at: 'EHLO', does: silence}, ['ehlo', 'timeout']],
  ['silent after MAIL', {at: 'MAIL', does: silence}, ['mailfrom', 'timeout']],
  ['silent after RCPT', {at: 'RCPT', does: silence}, ['rcptto', 'timeout']],
  ['silent after DATA', {at: 'DATA', does: silence}, ['data', 'timeout']],
  ['silent after the dot', {at: 'dot', does: silence}, ['message', 'timeout', 'maybe sent']],
  ['greeting an octet a second', {at: 'greeting', does: trickle}, ['intro', 'timeout']],
  ['answering EHLO an octet a second', {at: 'EHLO', does: trickle}, ['ehlo', 'timeout']],
  ['answering MAIL an octet a second', {at: 'MAIL', does: trickle}, ['mailfrom', 'timeout']],
  ['answering the dot an octet a second', {at: 'dot', does: trickle}, ['message', 'timeout', 'maybe sent']],
  ['closing instead of a greeting', {at: 'greeting', does: close}, ['intro', 'lost']],
  ['closing after EHLO', {at: 'EHLO', does: close}, ['ehlo', 'lost']],
  ['closing after MAIL', {at: 'MAIL', does: close}, ['mailfrom', 'lost']],
  ['closing after RCPT', {at: 'RCPT', does: close}, ['rcptto', 'lost']],
  ['closing after DATA', {at: 'DATA', does: close}, ['data', 'lost']],
  ['closing after the dot', {at: 'dot', does: close}, ['message', 'lost', 'maybe sent']],
  ['resetting after EHLO', {at: 'EHLO', does: reset}, ['ehlo', 'lost']],
  ['resetting after RCPT', {at: 'RCPT', does: reset}, ['rcptto', 'lost']],
  ['resetting after the dot', {at: 'dot', does: reset}, ['message', 'lost', 'maybe sent']],
  [
    'greeting with junk',
    {at: 'greeting', does: says('\0\xff HTTP/1.1 400 Bad Request')},
    ['intro', 'invalid'],
  ],
  // It is spoken to with HELO then (RFC 5321 3.2).
  ['answering EHLO with junk', {at: 'EHLO', does: says('\0\xff what?')}, 'accepted'],
  ['answering MAIL with junk', {at: 'MAIL', does: says('\0\xff what?')}, ['mailfrom', 'invalid']],
  ['answering RCPT with junk', {at: 'RCPT', does: says('\0\xff what?')}, ['rcptto', 'invalid']],
  ['answering DATA with junk', {at: 'DATA', does: says('\0\xff what?')}, ['data', 'invalid']],
  [
    'answering the dot with junk',
    {at: 'dot', does: says('\0\xff what?')},
    ['message', 'invalid', 'maybe sent'],
  ],
  ['greeting with a line without an end', {at: 'greeting', does: flood('x')}, ['intro', 'invalid']],
  ['greeting with lines without an end', {at: 'greeting', does: flood('220-x\r\n')}, ['intro', 'invalid']],
  ['answering EHLO without an end', {at: 'EHLO', does: flood('250-x\r\n')}, ['ehlo', 'invalid']],
  ['answering MAIL without an end', {at: 'MAIL', does: flood('250-x\r\n')}, ['mailfrom', 'invalid']],
  [
    'answering the dot with a line without an end',
    {at: 'dot', does: flood('x')},
    ['message', 'invalid', 'maybe sent'],
  ],
  [
    'replying to everything with its greeting',
    {at: 'greeting', does: ahead('EHLO', 'MAIL', 'RCPT', 'DATA', 'dot')},
    ['ehlo', 'lost'],
  ],
  [
    'replying to everything with its reply to EHLO',
    {at: 'EHLO', does: ahead('MAIL', 'RCPT', 'DATA', 'dot')},
    ['ehlo', 'lost'],
  ],
  [
    'replying to everything with its reply to MAIL',
    {at: 'MAIL', does: ahead('RCPT', 'DATA', 'dot')},
    ['rcptto', 'lost'],
  ],
  ['replying to the dot with its reply to DATA', {at: 'DATA', does: ahead('dot')}, ['data', 'lost']],
  ['going away instead of a greeting', {at: 'greeting', does: goingAway}, ['intro', 'error', 421]],
  ['going away after EHLO', {at: 'EHLO', does: goingAway}, ['ehlo', 'error', 421]],
  ['going away after MAIL', {at: 'MAIL', does: goingAway}, ['mailfrom', 'error', 421]],
  ['going away after RCPT', {at: 'RCPT', does: goingAway}, ['rcptto', 'error', 421]],
  ['going away after DATA', {at: 'DATA', does: goingAway}, ['data', 'error', 421]],
  ['going away after the dot', {at: 'dot', does: goingAway}, ['message', 'error', 421]],
  ['offering PIPELINING and closing at it', {at: 'RCPT', does: ifEarly(close)}, 'accepted'],
  [
    'offering PIPELINING and losing count',
    {at: 'RCPT', does: ifEarly(says('503 5.5.1 one at a time'))},
    'accepted',
  ],
  ['offering PIPELINING and hearing the first command only', {hears: firstLine}, ['rcptto', 'timeout']],
];

let pipeline: Pipeline;
let servers: readonly MisbehavingServer[] = [];
let steady: MisbehavingServer;
/** Everything that the result queue has been told, row by row. */
const told = new Map<number, Result[]>();
/** Of messages to the server that works, from the outbox to the server, in milliseconds. */
const latencies: number[] = [];

const messageTo = ({port}: MisbehavingServer, row: number, subject: string) => ({
  envelope: 'from@example.com',
  recipient: `user-${subject}@domain-${row}.example`,
  mime: `Subject: ${subject}\r\n\r\nbody\r\n`,
  smarthost: {hostname: '127.0.0.1', port},
  maxattempts: maxAttempts,
  retries: [0],
  row,
});

const isFinal = ({fate}: Result): boolean => fate !== 'deferred';

async function collect(): Promise<void> {
  const {sqs} = pipeline.cloud;
  for (const {body, receiptHandle} of await sqs.receive(names.results.results, {
    maxNumberOfMessages: 10,
    waitTimeSeconds: 0,
  })) {
    const result: Result = JSON.parse(body);
    told.set(result.row as number, [...(told.get(result.row as number) ?? []), result]);
    sqs.deleteMessage(names.results.results, receiptHandle);
  }
}

async function sendSteadily(until: () => boolean): Promise<void> {
  for (let number = 0; !until(); number += 1) {
    const startMs = Date.now();
    await pipeline.send(messageTo(steady, rows.length, `steady-${number}`));
    const arrival = () => steady.texts.find(({text}) => text.startsWith(`Subject: steady-${number}\r\n`));
    await pipeline.until(() => arrival() !== undefined);
    latencies.push(arrival()!.timeMs - startMs);
    await delay(100);
  }
}

beforeAll(async () => {
  servers = await Promise.all(rows.map(([, wrong]) => startMisbehavingServer(wrong)));
  steady = await startMisbehavingServer();
  pipeline = await Pipeline.start(
    {'capacity/smarthost': '{"idleSeconds": 0, "connectTimeout": 1}'},
    {
      overrides: ({functions, queues}) => {
        for (const each of functions) {
          each.timeoutS = timeoutS;
          // Each invocation then says how it has ended.
          each.logging.systemLevel = 'INFO';
        }
        for (const {name, attributes} of queues)
          if (name === names.delivery) attributes.VisibilityTimeout = String(timeoutS + 1);
      },
    },
  );
  // The first environments are up before the clock runs.
  await pipeline.send(messageTo(steady, rows.length, 'first'));
  await pipeline.until(() => steady.texts.length > 0);
  await pipeline.send(...rows.map((_, row) => messageTo(servers[row]!, row, `row-${row}`)));
  const deadlineMs = Date.now() + 20_000;
  const isOver = () =>
    Date.now() > deadlineMs || rows.every((_, row) => told.get(row)?.some(isFinal) === true);
  const sending = sendSteadily(isOver);
  while (!isOver()) {
    await collect();
    await delay(50);
  }
  await sending;
  await pipeline.idle();
  await collect();
});
afterAll(async () => {
  await pipeline.stop();
  await Promise.all([steady, ...servers].map(server => server.close()));
});

const entryOf = ({state, result, code, maybesent}: Record<string, unknown>): unknown[] => [
  state,
  result,
  ...(maybesent === true ? ['maybe sent'] : []),
  ...(code === undefined ? [] : [code]),
];

describe('a message to a server', () => {
  test.each(rows.map((row, index) => [row[0], row[2], index] as const))('%s', (_, expected, index) => {
    const results = told.get(index) ?? [];
    const fates = results.map(({fate}) => fate).sort();
    const final = results.find(isFinal);
    const entries = (final?.results ?? []).filter(({state}) => state !== 'process').map(entryOf);
    if (expected === 'accepted') {
      expect(fates).toEqual(['accepted']);
      expect(entries).toEqual([['message', 'accepted', 250]]);
      expect(servers[index]!.texts).toHaveLength(1);
      return;
    }
    expect(entries).toEqual([expected, expected]);
    expect(fates).toEqual(['deferred', 'expired']);
    expect(final).toMatchObject({relayq: {attempts: maxAttempts}});
    expect(servers[index]!.texts).toHaveLength(expected[0] === 'message' ? maxAttempts : 0);
  });
});

test('meanwhile a message to a server that works waits for none of them', () => {
  const sorted = latencies.toSorted((a, b) => a - b);
  const story = `${latencies}`;
  expect(latencies.length, story).toBeGreaterThan(10);
  expect(sorted[Math.floor(sorted.length / 2)], story).toBeLessThan(500);
  expect(sorted.at(-1), story).toBeLessThan(2000);
});

test('no function runs out of time or memory', () => {
  const records = pipeline.logLines
    .filter(line => line.includes('platform.report'))
    .map(line => JSON.parse(line).record);
  expect(records.length).toBeGreaterThan(rows.length / 10);
  expect(records.filter(({status}) => status !== 'success')).toEqual([]);
});
