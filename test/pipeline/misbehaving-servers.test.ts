// One server for each way to go wrong, all at the same time. Each message comes to one end, which says where it went
// wrong, and messages to a server that works do not wait for the others.

import {setTimeout as delay} from 'node:timers/promises';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {receiversKey, stateExpiry} from '../../shared/names.ts';
import {mailTo} from '../samples/mail.ts';
import {
  ahead,
  close,
  flood,
  goingAway,
  ifEarly,
  type MisbehavingServer,
  type Misbehaviour,
  reset,
  says,
  silence,
  startMisbehavingServer,
  trickle,
  type Wrong,
} from '../servers/misbehaving-server.ts';
import {names, Pipeline, type Result} from './pipeline-under-test.ts';

/** After two late replies to a text the next attempt is made in the other queue, which takes minutes. */
const maxAttemptsOf = ({at, does}: Wrong): number => (at === 'dot' && isTarpit(does) ? 1 : 2);

/** The entry of each attempt: stage, result, and the code of the reply or that the message may have been sent. */
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
  ['greeting an octet every six seconds', {at: 'greeting', does: trickle}, ['intro', 'timeout']],
  ['answering EHLO an octet every six seconds', {at: 'EHLO', does: trickle}, ['ehlo', 'timeout']],
  ['answering MAIL an octet every six seconds', {at: 'MAIL', does: trickle}, ['mailfrom', 'timeout']],
  [
    'answering the dot an octet every six seconds',
    {at: 'dot', does: trickle},
    ['message', 'timeout', 'maybe sent'],
  ],
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
  // The client then says HELO (RFC 5321 3.2).
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
/** All results, row by row. */
const told = new Map<number, Result[]>();

const isTarpit = (does: Misbehaviour | undefined) => does === silence || does === trickle;
/**
 * Whether it never replies before the text: then the slow queue waits for it as RFC 5321 wants. What the fast queue does is
 * in test/functions/deliver/impatience.test.ts.
 */
const isSlow = ({at, does, hears}: Wrong) => (at !== 'dot' && isTarpit(does)) || hears === firstLine;

const textOf = (subject: string) => `Subject: ${subject}\r\n\r\nbody`;

/** All environments know these receivers for ones that have been slow for an hour, and work. */
function knowAsSlow({cloud}: Pipeline, ports: readonly number[]): void {
  const nowMs = Date.now();
  for (const port of ports) {
    const receiver = `(smarthost)!127.0.0.1:${port}`;
    const slow = {sinceMs: nowMs - 3_600_000, fromMs: nowMs, lateMs: nowMs, works: true};
    const entry = {receiver, failures: 0, lates: 2, signMs: nowMs, reason: 'slow', slow};
    cloud.services.dynamodb.table(names.receivers).put({
      [receiversKey.list]: {S: 'receivers'},
      [receiversKey.receiver]: {S: receiver},
      version: {N: '1'},
      entry: {S: JSON.stringify(entry)},
      [stateExpiry]: {N: String(Math.ceil(nowMs / 1000) + 3600)},
    });
  }
}

const messageTo = ({port}: MisbehavingServer, row: number, subject: string) =>
  mailTo(`user-${subject}@domain-${row}.example`, {
    mime: `${textOf(subject)}\r\n`,
    smarthost: {hostname: '127.0.0.1', port},
    maxattempts: maxAttemptsOf(rows[row]?.[1] ?? {}),
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

beforeAll(async () => {
  servers = await Promise.all(rows.map(([, wrong]) => startMisbehavingServer(wrong)));
  pipeline = await Pipeline.start(
    {'capacity/smarthost': '{"idleSeconds": 0}'},
    {
      overrides: ({functions}) => {
        for (const each of functions) {
          each.environment.NODE_OPTIONS = `--import ${new URL('impatient.ts', import.meta.url)}`;
          // Each invocation then logs how it ended.
          each.logging.systemLevel = 'INFO';
        }
      },
    },
  );
  const slow = servers.filter((_, row) => isSlow(rows[row]![1]));
  knowAsSlow(
    pipeline,
    slow.map(({port}) => port),
  );
  await pipeline.send(...rows.map((_, row) => messageTo(servers[row]!, row, `row-${row}`)));
  while (!rows.every((_, row) => told.get(row)?.some(isFinal) === true)) {
    await collect();
    await delay(50);
  }
  await pipeline.idle();
  await collect();
});
afterAll(async () => {
  await pipeline.stop();
  await Promise.all(servers.map(server => server.close()));
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
    const maxAttempts = maxAttemptsOf(rows[index]![1]);
    expect(entries).toEqual(Array(maxAttempts).fill(expected));
    expect(fates).toEqual([...Array(maxAttempts - 1).fill('deferred'), 'expired']);
    expect(final).toMatchObject({relayq: {attempts: maxAttempts}});
    expect(servers[index]!.texts).toHaveLength(expected[0] === 'message' ? maxAttempts : 0);
  });
});

/** Servers that keep whoever comes waiting for an answer. */
const tarpits = rows.filter(([, {does}]) => isTarpit(does));

test('meanwhile messages to a server that works do not wait', async () => {
  const [steady, ...stuck] = await Promise.all(
    [undefined, ...tarpits.map(([, wrong]) => wrong)].map(startMisbehavingServer),
  );
  // Its functions wait for each of these servers for at least a minute.
  const patient = await Pipeline.start();
  knowAsSlow(
    patient,
    stuck.map(({port}) => port),
  );
  try {
    await patient.send(...stuck.map((server, row) => messageTo(server, row, `stuck-${row}`)));
    await patient.until(() => stuck.every(server => server.held() === 1));
    for (let number = 0; number < 12; number += 1) {
      await patient.send(messageTo(steady!, rows.length, `steady-${number}`));
      await patient.until(() => steady!.texts.includes(textOf(`steady-${number}`)));
    }
    expect(stuck.map(server => server.held())).toEqual(stuck.map(() => 1));
    expect(steady!.texts).toHaveLength(12);
  } finally {
    await patient.stop();
    await Promise.all([steady!, ...stuck].map(server => server.close()));
  }
});

test('no function runs out of time or memory', () => {
  const records = pipeline.reports();
  expect(records.length).toBeGreaterThan(rows.length / 10);
  expect(records.filter(({status}) => status !== 'success')).toEqual([]);
});
