// A smarthost that is in trouble for a time, and has all the mail.

import {listPrices} from '../prices.ts';
import {startMs} from './clock.ts';
import {Pipeline} from './pipeline.ts';
import type {Server, Trouble} from './servers.ts';

export interface OutageOptions {
  readonly trouble: Trouble;
  readonly downMs: number;
  readonly messages: number;
  readonly recipients: number;
  /** How long the messages take to come, in equal measure. */
  readonly spreadMs: number;
  readonly server: Omit<Server, 'troubleAt'>;
}

export interface Outage {
  /** Seconds after its return until so much of the mail had arrived. */
  readonly first: number | undefined;
  /** Until each lane with mail had delivered some. */
  readonly lanes: number;
  readonly half: number | undefined;
  readonly last: number | undefined;
  /** How long the lanes take at least for what had piled up, in seconds. */
  readonly least: number;
  readonly attemptsUsedUp: number;
  readonly inversions: number;
  /** Attempts in vain. */
  readonly probes: number;
  readonly requests: number;
  readonly usd: number;
}

/** The default of a smarthost. */
const lanes = 10;
const mostWatchedMs = 4 * 3_600_000;

export async function runOutage(options: OutageOptions): Promise<Outage> {
  const {trouble, downMs, messages, recipients, spreadMs, server} = options;
  const backMs = startMs + downMs;
  const pipeline = new Pipeline({
    parameters: {smarthost: 'relay.example'},
    serverOf: () => ({...server, troubleAt: nowMs => (nowMs < backMs ? trouble : undefined)}),
    classOf: () => 'all',
  });
  const {clock, outbox, maker, fates, meter, trials} = pipeline;
  void (async () => {
    for (let n = 0; n < messages; n += 1) {
      outbox.send([maker.make(`user${n % recipients}`, 'example.org', clock.nowMs)]);
      if (spreadMs > 0) await clock.sleep(spreadMs / messages);
    }
  })();
  const arrivals: number[] = [];
  const firsts = new Map<string, number>();
  fates.onAccepted = ({destination: {group}}) => {
    const seconds = (clock.nowMs - backMs) / 1000;
    arrivals.push(seconds);
    if (!firsts.has(group)) firsts.set(group, seconds);
  };
  await clock.run(() => fates.all >= messages || clock.nowMs >= backMs + mostWatchedMs);
  const at = (share: number) => arrivals[Math.ceil(share * messages) - 1];
  return {
    first: arrivals[0],
    lanes: Math.max(...firsts.values()),
    half: at(0.5),
    last: at(1),
    least: (messages * server.messageMs) / lanes / 1000,
    attemptsUsedUp: fates.deferrals,
    inversions: fates.inversions,
    probes: [...trials.values()].reduce((sum, count) => sum + count, 0) - arrivals.length,
    requests: meter.standard + meter.fifo,
    usd: meter.usdOf(listPrices),
  };
}
