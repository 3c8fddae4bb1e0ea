// A million messages to 50,000 domains, with dead and slow ones among them, or with one that has nearly all of them.

import {listPrices} from '../prices.ts';
import {startMs} from './clock.ts';
import {diceOf, zipfOf} from './dice.ts';
import {Pipeline} from './pipeline.ts';
import type {Trouble} from './servers.ts';

export interface Crowd {
  readonly messages: number;
  readonly domains: number;
  /** How long they take to come, in equal measure. */
  readonly spreadMs: number;
  /** Of the domains: so many are dead, and as many slow. */
  readonly troubled: number;
  /** Of the messages: to one domain. */
  readonly giant: number;
}

/** Working servers at some distance. */
const server = {openingMs: 80, messageMs: 60};
const dead: readonly Trouble[] = ['refuses', 'hangs'];
const slow: readonly Trouble[] = ['greets-late', 'replies-late'];
const settledShares = [0.5, 0.95, 0.99, 1];
const sampleMs = 60_000;

export async function runCrowd({messages, domains, spreadMs, troubled, giant}: Crowd) {
  const dice = diceOf(2);
  const rankOf = zipfOf(domains, dice);
  const troubles = new Map<string, Trouble>();
  const count = Math.round(domains * troubled);
  while (troubles.size < 2 * count) {
    const name = nameOf(Math.floor(dice() * domains));
    const kinds = troubles.size < count ? dead : slow;
    if (!troubles.has(name)) troubles.set(name, kinds[Math.floor(dice() * kinds.length)]!);
  }
  const classOf = (receiver: string) => (receiver === giantName ? 'giant' : (troubles.get(receiver) ?? 'others'));
  const pipeline = new Pipeline({
    serverOf: receiver => ({...server, troubleAt: () => troubles.get(receiver)}),
    classOf,
  });
  const {clock, outbox, maker, fates, meter, waiting, queues, sources, tables} = pipeline;
  const sent = new Map<string, number>();
  const endMs = startMs + spreadMs;
  void (async () => {
    for (let n = 0; n < messages; n += 10) {
      const mails = Array.from({length: Math.min(10, messages - n)}, () => {
        const domain = dice() < giant ? giantName : nameOf(rankOf());
        const name = classOf(domain);
        sent.set(name, (sent.get(name) ?? 0) + 1);
        return maker.make(`user${Math.floor(dice() * 1000)}`, domain, clock.nowMs);
      });
      outbox.send(mails);
      await clock.sleep((10 * spreadMs) / messages);
    }
  })();
  const samples: Sample[] = [];
  let lastOfOthersMs = 0;
  let usdAtOthers = 0;
  const over = () => {
    const minute = (clock.nowMs - startMs) / sampleMs;
    if (minute >= samples.length)
      samples.push({
        minute,
        outbox: outbox.size,
        waiting: waiting.waiting.size + waiting.waitingSoon.size,
        fast: queues.fast.size,
        slow: queues.slow.size,
        busyFast: sources.fast.busy,
        busySlow: sources.slow.busy,
        entries: tables.receivers.entries.size,
      });
    if (lastOfOthersMs === 0 && clock.nowMs >= endMs && (fates.settled.get('others') ?? 0) >= (sent.get('others') ?? 0)) {
      lastOfOthersMs = clock.nowMs;
      usdAtOthers = meter.usdOf(listPrices);
    }
    return fates.all >= messages;
  };
  await clock.run(over);
  const classes = [...fates.delays].map(([name, delays]) => ({name, sent: sent.get(name), count: delays.count, delays: delays.quantiles(settledShares)}));
  const {standard, fifo, writes, reads, gbSeconds} = meter;
  return {
    classes,
    othersDrainedMinutes: (lastOfOthersMs - startMs) / 60_000,
    lastAcceptedMinutes: (fates.lastAcceptedMs - startMs) / 60_000,
    endedMinutes: (clock.nowMs - startMs) / 60_000,
    expired: fates.expiredCount,
    deferrals: fates.deferrals,
    moves: fates.moves,
    inversions: fates.inversions,
    standard, fifo, writes, reads, gbSeconds,
    usdAtOthers,
    usd: meter.usdOf(listPrices),
    samples,
  };
}

interface Sample {
  readonly minute: number;
  readonly outbox: number;
  readonly waiting: number;
  readonly fast: number;
  readonly slow: number;
  readonly busyFast: number;
  readonly busySlow: number;
  readonly entries: number;
}

const giantName = 'giant.example';
const nameOf = (rank: number): string => `d${rank}.example`;
