// How long a backlog takes over many lanes, 50 ms away. Where this machine cannot run so many environments at the same
// time, one lane is measured and the others are taken to be as fast, as each has a function of its own on AWS.

import {availableParallelism, totalmem} from 'node:os';
import {type BenchContext, messagesOfRun, wholeBatches} from '../bench-context.ts';
import {DeliveryPatterns} from '../delivery-patterns.ts';
import {deliverSubject} from '../peers/deliver.ts';
import {nodemailerPeer} from '../peers/nodemailer.ts';
import {postfixPeer} from '../peers/postfix.ts';
import type {RunFigures, Subject} from '../peers/subject.ts';
import type {Place} from '../receivers/place.ts';
import type {Transfer} from '../receivers/receiver.ts';

export interface DrainRow {
  readonly subject: string;
  readonly transfer: Transfer;
  readonly lanes: number;
  readonly messages: number;
  readonly seconds: number;
  /** What was measured: all of it, one lane, or how fast a part of the backlog goes. */
  readonly basis: 'all' | 'one lane' | 'a part';
  /** How many messages the measured run had. */
  readonly measuredMessages: number;
}

const roundTripMs = 50;
/** What of the machine is left for the lanes, beside the receiver and the endpoint that answers them. */
const shareOfCores = 0.5;
const mostSeconds = 20;

export async function measureDrain(context: BenchContext): Promise<readonly DrainRow[]> {
  const {options, places, progress} = context;
  const {lanes, peers} = options;
  const messages = wholeBatches(20 * options.size);
  const rows: DrainRow[] = [];
  for (const transfer of options.transfers) {
    const place = await places.at({kind: 'embedded', transfer, security: 'plain'}, roundTripMs);
    progress(`drain: relayq, ${transfer}`);
    rows.push({...(await measureLanes(place, messages, context)), transfer});
    if (transfer !== options.transfers[0]) continue;
    for (const peer of [
      peers.has('pool') ? nodemailerPeer('pool') : undefined,
      peers.has('postfix') ? await postfixPeer(context.directory, context.reaper) : undefined,
    ]) {
      if (peer?.unfit(place, lanes) !== undefined) await peer.close();
      else if (peer !== undefined)
        rows.push({...(await measurePart(peer, place, messages, context)), transfer: 'data'});
    }
  }
  return rows;
}

type Drained = Omit<DrainRow, 'transfer'>;

async function measureLanes(place: Place, messages: number, context: BenchContext): Promise<Drained> {
  const {options} = context;
  const {lanes} = options;
  const patterns = await DeliveryPatterns.start(context, lanes);
  const subject = await deliverSubject({site: context, patterns, environments: 'many', sqsLatencyMs: 10});
  const common = {subject: subject.name, lanes, messages};
  try {
    await subject.warmUp(place, 1, wholeBatches(options.warmUp / 10));
    let lane = await subject.run(place, 1, 10);
    const count = await messagesOfRun(options.size, 1, async tried => {
      lane = await subject.run(place, 1, tried);
      return lane.elapsedMs;
    });
    lane = await subject.run(place, 1, count);
    const seconds = (lane.elapsedMs / 1000 / lane.messages) * (messages / lanes);
    if (!canRun(lanes, seconds, lane))
      return {...common, seconds, basis: 'one lane', measuredMessages: lane.messages};
    await subject.run(place, lanes, 10 * lanes);
    const all = await subject.run(place, lanes, messages);
    return {...common, seconds: all.elapsedMs / 1000, basis: 'all', measuredMessages: messages};
  } finally {
    await subject.close();
    await patterns.close();
  }
}

/** Whether so many environments fit on this machine, and the run is no longer than it may be. */
function canRun(lanes: number, seconds: number, {cpuSeconds, elapsedMs, peakMB}: RunFigures): boolean {
  const cores = (lanes * cpuSeconds) / (elapsedMs / 1000);
  const hasMemory = lanes * peakMB * 1024 ** 2 < totalmem() / 2;
  return cores <= shareOfCores * availableParallelism() && hasMemory && seconds <= mostSeconds;
}

/** One process with all connections goes on as it began. */
async function measurePart(
  peer: Subject,
  place: Place,
  messages: number,
  {options, progress}: BenchContext,
): Promise<Drained> {
  const {lanes} = options;
  progress(`drain: ${peer.name}`);
  const run = async (count: number) => (await peer.run(place, lanes, count)).elapsedMs;
  try {
    const count = await messagesOfRun(Math.max(options.size, 10 * lanes), lanes, run);
    const part = Math.min(count, messages);
    const seconds = ((await run(part)) / 1000 / part) * messages;
    return {
      subject: peer.name,
      lanes,
      messages,
      seconds,
      basis: part === messages ? 'all' : 'a part',
      measuredMessages: part,
    };
  } finally {
    await peer.close();
  }
}
