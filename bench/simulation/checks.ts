// Two cases that were also run on the local cloud, so that it is seen how far the simulation can be believed.

import {listPrices} from '../prices.ts';
import {startMs} from './clock.ts';
import {Pipeline} from './pipeline.ts';
import type {Trouble} from './servers.ts';

/** The local cloud's servers are near. */
const near = {openingMs: 15, messageMs: 25};

/** 60 domains that never greet, with 20 messages each, and one message a second to healthy ones. */
export async function checkTarpits(seconds = 200) {
  const isBad = (receiver: string) => receiver.startsWith('bad');
  const pipeline = new Pipeline({
    serverOf: receiver => ({...near, troubleAt: () => (isBad(receiver) ? 'hangs' : undefined)}),
    classOf: receiver => (isBad(receiver) ? 'bad' : 'healthy'),
  });
  const {clock, outbox, maker, fates, trials, meter, sources} = pipeline;
  const busy: number[] = [];
  void (async () => {
    for (let n = 0; n < 20; n += 1)
      for (let site = 0; site < 60; site += 1) outbox.send([maker.make(`u${n}`, `bad${site}.example`, clock.nowMs)]);
    for (let n = 0; n < seconds; n += 1) {
      outbox.send([maker.make(`u${n}`, `ok${n % 20}.example`, clock.nowMs)]);
      busy.push(sources.fast.busy + sources.slow.busy);
      await clock.sleep(1000);
    }
  })();
  await clock.run(() => clock.nowMs >= startMs + seconds * 1000);
  const delays = fates.delays.get('healthy')!;
  const [p50, p95, max] = delays.quantiles([0.5, 0.95, 1]);
  const tries = [...trials.counts].filter(([name]) => isBad(name)).reduce((sum, [, count]) => sum + count, 0);
  return {
    undelivered: seconds - delays.count,
    p50,
    p95,
    max,
    tries,
    deferrals: fates.deferrals,
    busySeconds: busy.reduce((sum, count) => sum + count, 0),
    allHeldSeconds: busy.filter(count => count >= 50).length,
    usd: meter.usdOf(listPrices),
  };
}

/** A smarthost that is in trouble for a time with mail queued. */
export async function runOutage(trouble: Trouble, downMs: number, {messages = 2000, recipients = 200, server = near, watchMs = 3_600_000, spreadMs = 0} = {}) {
  const pipeline = new Pipeline({
    parameters: {smarthost: 'relay.example'},
    serverOf: () => ({...server, troubleAt: nowMs => (nowMs < startMs + downMs ? trouble : undefined)}),
    classOf: () => 'all',
  });
  const {clock, outbox, maker, fates, meter, trials} = pipeline;
  void (async () => {
    for (let n = 0; n < messages; n += 1) {
      outbox.send([maker.make(`user${n % recipients}`, 'example.org', clock.nowMs)]);
      if (spreadMs > 0) await clock.sleep(spreadMs / messages);
    }
  })();
  const backMs = startMs + downMs;
  const after: number[] = [];
  fates.onAccepted = () => void after.push((clock.nowMs - backMs) / 1000);
  await clock.run(() => fates.all >= messages || clock.nowMs >= backMs + watchMs);
  const at = (share: number) => after[Math.ceil(share * messages) - 1];
  return {
    first: after[0],
    half: at(0.5),
    p95: at(0.95),
    last: at(1),
    arrived: after.length,
    attemptsUsedUp: fates.deferrals,
    inversions: fates.inversions,
    tries: trials.counts.get('(smarthost)')! - after.length,
    requests: meter.standard + meter.fifo,
    usd: meter.usdOf(listPrices),
  };
}
