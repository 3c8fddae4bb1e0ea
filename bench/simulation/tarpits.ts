// A case that was also run on the local cloud, so that it is seen how far the simulation can be believed.

import {startMs} from './clock.ts';
import {Pipeline} from './pipeline.ts';
import {near} from './servers.ts';

/** 60 domains that never greet, with 20 messages each, and one message a second to healthy ones. */
export interface Tarpits {
  readonly undelivered: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** Connections to the domains that never greet. */
  readonly tries: number;
  /** Of invocations, sampled each second. */
  readonly busySeconds: number;
}

export async function runTarpits(seconds: number): Promise<Tarpits> {
  const isBad = (receiver: string) => receiver.startsWith('bad');
  const pipeline = new Pipeline({
    serverOf: receiver => ({...near, troubleAt: () => (isBad(receiver) ? 'hangs' : undefined)}),
    classOf: receiver => (isBad(receiver) ? 'bad' : 'healthy'),
  });
  const {clock, outbox, maker, fates, trials, sources} = pipeline;
  const busy: number[] = [];
  void (async () => {
    for (let n = 0; n < 20; n += 1)
      for (let site = 0; site < 60; site += 1)
        outbox.send([maker.make(`u${n}`, `bad${site}.example`, clock.nowMs)]);
    for (let n = 0; n < seconds; n += 1) {
      outbox.send([maker.make(`u${n}`, `ok${n % 20}.example`, clock.nowMs)]);
      busy.push(sources.fast.busy + sources.slow.busy);
      await clock.sleep(1000);
    }
  })();
  await clock.run(() => clock.nowMs >= startMs + seconds * 1000);
  const delays = fates.delays.get('healthy')!;
  const [p50 = Number.NaN, p95 = Number.NaN, max = Number.NaN] = delays.quantiles([0.5, 0.95, 1]);
  const tries = [...trials].filter(([name]) => isBad(name)).reduce((sum, [, count]) => sum + count, 0);
  return {
    undelivered: seconds - delays.count,
    p50,
    p95,
    max,
    tries,
    busySeconds: busy.reduce((sum, count) => sum + count, 0),
  };
}
