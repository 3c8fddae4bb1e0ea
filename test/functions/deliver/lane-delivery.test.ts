// The messages of a batch that share a lane, while the receiver's state changes under them.

import type {SQSRecord} from 'aws-lambda';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {type DeliverParts, deliverBatch} from '../../../functions/deliver/deliver-batch.ts';
import {Hiding} from '../../../functions/deliver/hiding.ts';
import {StsPolicies} from '../../../functions/deliver/next-hop/mta-sts-policies.ts';
import {NextHops} from '../../../functions/deliver/next-hop/next-hops.ts';
import {Connections} from '../../../functions/deliver/pace/connections.ts';
import {Troubles} from '../../../functions/deliver/pace/troubles.ts';
import type {Settler} from '../../../functions/outcome/settler.ts';
import type {IdleLeases} from '../../../functions/receivers/idle-leases.ts';
import type {Receivers} from '../../../functions/receivers/receivers.ts';
import type {Visibility} from '../../../functions/runtime/visibility.ts';
import {expiry} from '../../../shared/delivery/gates/expiry.ts';
import {receiver} from '../../../shared/delivery/gates/receiver.ts';
import type {Outcome} from '../../../shared/delivery/outcome.ts';
import type {Message} from '../../../shared/message/message.ts';
import {contentOf} from '../../../shared/smtp/content.ts';
import {utcTimeOf} from '../../../shared/utc-time.ts';
import {bodyWith, settings} from '../../samples/messages.ts';
import {receiversOf, SharedReceivers} from '../../samples/receivers.ts';
import {endLanes, running, serve} from './lane-under-test.ts';

const name = 'example.org';
let aheadMs: number;
let outcomes: string[];
/** Releases of records, with the seconds; and what could not be settled. */
let released: string[];
let refuses: (id: string) => boolean;
let table: SharedReceivers;
const now = () => Date.now() + aheadMs;

beforeEach(() => {
  aheadMs = 0;
  outcomes = [];
  released = [];
  refuses = () => false;
  table = new SharedReceivers();
});
afterEach(endLanes);

const environment = () => receiversOf({table, now});
/** Somebody else's messages meet it. */
async function isFound(state: 'slow' | 'down'): Promise<void> {
  const other = environment();
  for (let times = 0; times < 3; times += 1) {
    if (state === 'down') await other.failed(name, {reason: 'refused'});
    else await other.late(name, {where: 'session', reason: 'late'});
  }
}

const recordOf = (id: string, more: object = {}): SQSRecord =>
  ({
    messageId: id,
    receiptHandle: id,
    body: bodyWith({
      envelope: `${id}@example.com`,
      relayq: {id, arrived: '2030-01-01 11:00:00', attempts: 0, hops: 0},
      ...more,
    }),
    attributes: {SentTimestamp: String(now()), ApproximateReceiveCount: '1', MessageGroupId: `${name}#1`},
    eventSourceARN: 'arn:aws:sqs:us-east-1:0:relayq-local-delivery.fifo',
  }) as unknown as SQSRecord;

async function deliver(
  port: number,
  records: readonly SQSRecord[],
  receivers: Receivers = environment(),
): Promise<readonly string[]> {
  const release = async (those: readonly SQSRecord[], seconds: number) => {
    released.push(`${those.map(({messageId}) => messageId)} ${seconds}`);
  };
  const visibility = {
    release,
    backOff: (those: readonly SQSRecord[]) => release(those, Number.NaN),
  } as unknown as Visibility;
  const log = () => {};
  const connections = new Connections(now);
  running.push(connections);
  const hidingParts = {sqs: {maxReceiveCountOf: async () => 1000}, queueUrl: '', visibility, log, now};
  const parts: DeliverParts = {
    deliveryQueue: 'fast',
    gates: [expiry, receiver(receivers)],
    settler: {
      expect: () => {},
      expectFewer: () => {},
      remembered: () => undefined,
      settle: async ({messageId: id}: SQSRecord, {fate}: Outcome) => {
        if (refuses(id)) throw new Error('SQS does not take it');
        outcomes.push(`${id} ${fate}`);
      },
    } as unknown as Settler,
    connections,
    leases: {returned: async () => {}} as unknown as IdleLeases,
    visibility,
    hiding: new Hiding({...hidingParts, random: () => 0}),
    troubles: new Troubles(),
    receivers,
    nextHops: new NextHops({
      policies: new StsPolicies({log, now}),
      now,
      random: Math.random,
      anywhere: true,
    }),
    contentOf: async ({text}: Message) => contentOf(text),
    log,
    now,
  };
  const sink = settings({'smtp-sink-ip': '127.0.0.1', 'smtp-sink-port': String(port)});
  await receivers.refresh();
  return deliverBatch(records, sink, () => 900_000, parts);
}

const three = () => ['a', 'b', 'c'].map(id => recordOf(id));

/** A server that does something before it answers the first text. */
const serveThat = (does: () => Promise<void>) =>
  serve({
    EHLO: '250 scripted.example',
    '.': (_, count) => {
      if (count === 1) void does();
      return '250 2.0.0 taken';
    },
  });

test('a batch that takes long learns that its receiver is slow by now, and moves what is left, in order', async () => {
  const {port} = await serveThat(async () => {
    await isFound('slow');
    aheadMs += 11_000;
  });
  expect(await deliver(port, three())).toEqual([]);
  expect(outcomes).toEqual(['a accepted', 'b moved', 'c moved']);
});

test('messages that move stop at the first one that SQS does not take, so that they stay in order', async () => {
  await isFound('slow');
  refuses = id => id === 'b';
  expect(await deliver(1, three())).toEqual(['b', 'c']);
  expect(outcomes).toEqual(['a moved']);
  expect(released).toEqual(['b,c NaN']);
});

test('a lane is hidden until the probe is due, and no longer than the first of its messages has time', async () => {
  await isFound('down');
  expect(await deliver(1, three())).toEqual(['a', 'b', 'c']);
  expect(outcomes).toEqual([]);
  expect(released).toEqual(['a,b,c 10']);
  const short = recordOf('b', {maxdelivertime: utcTimeOf(now() + 4_000)});
  await deliver(1, [recordOf('a'), short, recordOf('c')]);
  expect(Number(released[1]!.split(' ')[1])).toBeLessThanOrEqual(4);
  // Its time is over, though others are before it.
  aheadMs += 5_000;
  expect(await deliver(1, [recordOf('a'), short, recordOf('c')])).toEqual(['a', 'c']);
  expect(outcomes).toEqual(['b expired']);
});
