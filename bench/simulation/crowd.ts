// Many messages to many domains, with dead and slow ones among them, or with one that has nearly all of the mail.

import {listPrices} from '../prices.ts';
import {startMs} from './clock.ts';
import {type Dice, diceOf, zipfOf} from './dice.ts';
import {Pipeline} from './pipeline.ts';
import {far, type Trouble} from './servers.ts';

export interface CrowdOptions {
  readonly messages: number;
  readonly domains: number;
  /** How long the messages take to come, in equal measure. */
  readonly spreadMs: number;
  /** Which share of the domains is dead; as many are slow, unless something else is said. */
  readonly troubled: number;
  readonly slow?: number;
  /** Each message is to a domain of its own, as long as there are domains. */
  readonly isUnique?: boolean;
  /** Which share of the messages is to one domain. */
  readonly giant: number;
}

/** Seconds from the outbox to the reply to the text. */
interface ClassDelays {
  readonly name: string;
  readonly sent: number;
  readonly accepted: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** How many messages are where. */
interface Sample {
  readonly minute: number;
  readonly outbox: number;
  readonly waiting: number;
  readonly fast: number;
  readonly slow: number;
}

export interface CrowdRun {
  readonly classes: readonly ClassDelays[];
  /** When the last message of a domain without trouble had arrived. */
  readonly othersMinutes: number;
  /** When the last message had arrived. */
  readonly acceptedMinutes: number;
  readonly expired: number;
  readonly deferrals: number;
  readonly inversions: number;
  readonly sqsRequests: number;
  readonly dynamoDbUnits: number;
  readonly gbSeconds: number;
  /** Until all mail of the others had arrived, and until all was over. */
  readonly othersUsd: number;
  readonly usd: number;
  readonly samples: readonly Sample[];
}

export const othersName = 'others';
const giantName = 'giant.example';
const dead: readonly Trouble[] = ['refuses', 'hangs'];
const slow: readonly Trouble[] = ['greets-late', 'replies-late'];
const usersOfDomain = 1000;
const batch = 10;

export async function runCrowd(options: CrowdOptions): Promise<CrowdRun> {
  const {messages, domains, spreadMs, giant} = options;
  const dice = diceOf(2);
  const byFrequency = zipfOf(domains, dice);
  let made = 0;
  const rankOf = options.isUnique ? () => made++ % domains : byFrequency;
  const troubles = troublesOf(options, dice);
  const classOf = (receiver: string) =>
    receiver === giantName ? 'giant' : (troubles.get(receiver) ?? othersName);
  const serverOf = (receiver: string) => ({...far, troubleAt: () => troubles.get(receiver)});
  const pipeline = new Pipeline({serverOf, classOf});
  const {clock, outbox, maker, fates, meter} = pipeline;
  const sent = new Map<string, number>();
  const make = () => {
    const domain = dice() < giant ? giantName : domainOf(rankOf());
    const name = classOf(domain);
    sent.set(name, (sent.get(name) ?? 0) + 1);
    return maker.make(`user${Math.floor(dice() * usersOfDomain)}`, domain, clock.nowMs);
  };
  let isSent = false;
  void (async () => {
    for (let left = messages; left > 0; left -= batch) {
      outbox.send(Array.from({length: Math.min(batch, left)}, make));
      isSent = left <= batch;
      await clock.sleep((batch * spreadMs) / messages);
    }
  })();
  const minutes = () => (clock.nowMs - startMs) / 60_000;
  const samples: Sample[] = [];
  let others: {readonly minutes: number; readonly usd: number} | undefined;
  await clock.run(() => {
    if (minutes() >= samples.length) samples.push(sampleOf(pipeline, minutes()));
    if (others === undefined && isSent && fates.settled.get(othersName) === sent.get(othersName))
      others = {minutes: minutes(), usd: meter.usdOf(listPrices)};
    return fates.all >= messages;
  });
  return {
    classes: [...fates.delays].map(([name, delays]) => {
      const [p50 = Number.NaN, p99 = Number.NaN, max = Number.NaN] = delays.quantiles([0.5, 0.99, 1]);
      return {name, sent: sent.get(name) ?? 0, accepted: delays.count, p50, p99, max};
    }),
    othersMinutes: others?.minutes ?? Number.NaN,
    acceptedMinutes: (fates.lastAcceptedMs - startMs) / 60_000,
    expired: fates.expiries,
    deferrals: fates.deferrals,
    inversions: fates.inversions,
    sqsRequests: meter.standard + meter.fifo,
    dynamoDbUnits: meter.writes + meter.reads,
    gbSeconds: meter.gbSeconds,
    othersUsd: others?.usd ?? Number.NaN,
    usd: meter.usdOf(listPrices),
    samples,
  };
}

const domainOf = (rank: number): string => `d${rank}.example`;

/** Domains of any size. */
function troublesOf(
  {domains, troubled, slow: slowShare = troubled}: CrowdOptions,
  dice: Dice,
): ReadonlyMap<string, Trouble> {
  const troubles = new Map<string, Trouble>();
  const count = Math.round(domains * troubled);
  const all = count + Math.round(domains * slowShare);
  while (troubles.size < all) {
    const name = domainOf(Math.floor(dice() * domains));
    const kinds = troubles.size < count ? dead : slow;
    const kind = kinds[Math.floor(dice() * kinds.length)]!;
    if (!troubles.has(name)) troubles.set(name, kind);
  }
  return troubles;
}

const sampleOf = ({outbox, waiting, queues}: Pipeline, minute: number): Sample => ({
  minute,
  outbox: outbox.size,
  waiting: waiting.waiting.size + waiting.waitingSoon.size,
  fast: queues.fast.size,
  slow: queues.slow.size,
});
