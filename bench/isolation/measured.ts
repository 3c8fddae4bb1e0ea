// A situation, measured: the delays of the healthy messages, from when the sender was given them until their texts had
// come to their servers.

import {setTimeout as delay} from 'node:timers/promises';
import {Child} from '../child.ts';
import type {DnsRequest} from '../internet/dns-process.ts';
import type {MailboxReply, MailboxRequest} from '../internet/mailbox-process.ts';
import type {StartSender} from './sender.ts';
import {domains, healthyOf, messagesPerSecond, type Parcel, queuedOf, type Situation} from './situation.ts';

export interface Delays {
  readonly subject: string;
  readonly messages: number;
  /** Seconds. A message that has not come counts with as long as it was waited for: then they are too low. */
  readonly median: number;
  readonly p99: number;
  /** How many had not come when the last one had been waited for long enough. */
  readonly missing: number;
}

/** How long the last healthy message is waited for. */
const mostWaitMs = 15_000;
const warmUps = 50;

export async function measureSituation(
  situation: Situation,
  messages: number,
  start: StartSender,
): Promise<Delays> {
  const dns = new Child<DnsRequest, number>('internet/dns-process.ts');
  const mailboxes = new Child<MailboxRequest, MailboxReply>('internet/mailbox-process.ts');
  const {troubled, trouble} = situation;
  const listen = {domains, troubled, trouble: trouble === 'flooded' ? undefined : trouble};
  const smtpPort = (await mailboxes.ask({listen})) as number;
  const sender = await start({dnsPort: await dns.ask({roundTripMs: 0}), smtpPort});
  const arrivedMs = new Map<string, number>();
  const arrive = async () => {
    const arrivals = (await mailboxes.ask({arrivals: true})) as readonly (readonly [string, number])[];
    for (const [recipient, timeMs] of arrivals) arrivedMs.set(recipient, timeMs);
  };
  const until = async (parcels: readonly Parcel[]) => {
    const endMs = Date.now() + mostWaitMs;
    const isMissing = ({recipient}: Parcel) => !arrivedMs.has(recipient);
    while (parcels.some(isMissing) && Date.now() < endMs) {
      await delay(20);
      await arrive();
    }
  };
  try {
    const first = healthyOf(situation, warmUps, 'first');
    await sender.send(first);
    await until(first);
    await sender.send(queuedOf(situation));
    const parcels = healthyOf(situation, messages);
    const sentMs = await sendEvenly(parcels, one => sender.send([one]));
    await until(parcels);
    const nowMs = Date.now();
    const seconds = parcels
      .map(({recipient}) => ((arrivedMs.get(recipient) ?? nowMs) - sentMs.get(recipient)!) / 1000)
      .toSorted((a, b) => a - b);
    const missing = parcels.filter(({recipient}) => !arrivedMs.has(recipient)).length;
    return {subject: sender.name, messages, ...quantilesOf(seconds), missing};
  } finally {
    await sender.close();
    await mailboxes.close();
    await dns.close();
  }
}

/** @returns when each was given to the sender */
async function sendEvenly(
  parcels: readonly Parcel[],
  send: (parcel: Parcel) => Promise<void>,
): Promise<ReadonlyMap<string, number>> {
  const sentMs = new Map<string, number>();
  const startedMs = Date.now();
  const sending: Promise<void>[] = [];
  for (const [index, parcel] of parcels.entries()) {
    await delay(Math.max(0, startedMs + (1000 * index) / messagesPerSecond - Date.now()));
    sentMs.set(parcel.recipient, Date.now());
    sending.push(send(parcel));
  }
  await Promise.all(sending);
  return sentMs;
}

/** @param seconds in their order */
const quantilesOf = (seconds: readonly number[]) => {
  const at = (share: number) => seconds[Math.max(0, Math.ceil(share * seconds.length) - 1)] ?? Number.NaN;
  return {median: at(0.5), p99: at(0.99)};
};
