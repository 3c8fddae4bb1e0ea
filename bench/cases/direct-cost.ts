// What a million messages would cost that go to the MX of their domains, each to a domain of its own: the functions are
// fed with them. What dead domains among them cost is played by the simulation, on a clock of its own.

import {type BenchContext, wholeBatches} from '../bench-context.ts';
import {Child} from '../child.ts';
import {type Cost, costPerMillion, type FunctionUse, million, octetsPerGB, type Term} from '../cost.ts';
import {DeliveryPatterns} from '../delivery-patterns.ts';
import {directSettings} from '../internet/direct.ts';
import type {DnsRequest} from '../internet/dns-process.ts';
import {mimeOf, outboxBodyOf, recipientOf, tenKB} from '../mail.ts';
import {batchSize, deliverSubject} from '../peers/deliver.ts';
import {listPrices, type Prices} from '../prices.ts';
import {usualLine} from '../receivers/line.ts';
import {runCrowd} from '../simulation/crowd.ts';
import {hoursPerMonth, usdOfPolls} from '../standing.ts';
import {measureDeliver} from './cost.ts';
import {measureRoute, sqsLatencyMs} from './route-use.ts';

/** Simulated. */
interface DeadDomains {
  readonly domains: number;
  readonly among: number;
  /** One message to each, until it is given up. What an idle stack costs meanwhile is not in it. */
  readonly usd: number;
}

export interface DirectCost {
  readonly roundTripMs: number;
  readonly deliver: FunctionUse;
  readonly cost: Cost;
  /** What passes the NAT gateway, and leaves AWS. */
  readonly passing: readonly Term[];
  readonly dead: DeadDomains;
}

const roundTripsMs = [20, 50];
/** Beside the mail: SMTP and TCP, results and deletions to SQS with what HTTPS adds. Assumed. */
const aroundMailOctets = 6 * 1024;
/** Flow logs: a record each way, at the function and twice at the gateway, of some 110 octets with their event. Assumed. */
const flowLogOctets = 6 * 136;

export async function measureDirectCosts(context: BenchContext): Promise<readonly DirectCost[]> {
  const {options, places, progress} = context;
  const patterns = await DeliveryPatterns.start(context, 1);
  try {
    const route = await measureRoute(tenKB, context);
    progress('cost: dead domains, simulated');
    const dead = await simulateDeadDomains(options.size);
    const costs: DirectCost[] = [];
    for (const roundTripMs of roundTripsMs) {
      progress(`cost: direct delivery, ${roundTripMs} ms`);
      const place = await places.at(usualLine, roundTripMs);
      const dns = new Child<DnsRequest, number>('internet/dns-process.ts');
      const settings = directSettings({dnsPort: await dns.ask({roundTripMs}), smtpPort: place.port});
      const shared = {site: context, patterns, sqsLatencyMs, settings} as const;
      const subject = await deliverSubject({...shared, environments: 'one', isDirect: true});
      try {
        await subject.warmUp(place, 1, wholeBatches(options.warmUp / 10));
        const deliver = await measureDeliver(subject, place, context);
        const {octets: deliveryOctets} = await patterns.lonerOf(mimeOf(tenKB));
        const outboxOctets = Buffer.byteLength(outboxBodyOf(recipientOf(1, {isAlone: true}), mimeOf(tenKB)));
        const sizes = {mailOctets: tenKB, outboxOctets, deliveryOctets, attempts: 1, batchSize};
        const cost = costPerMillion({route, deliver, ...sizes}, listPrices);
        costs.push({roundTripMs, deliver, cost, passing: passingTermsOf(listPrices), dead});
      } finally {
        await subject.close();
        await dns.close();
      }
    }
    return costs;
  } finally {
    await patterns.close();
  }
}

const passingTermsOf = (prices: Prices): readonly Term[] => [
  {
    name: 'NAT gateway: its octets',
    usd: ((million * (tenKB + aroundMailOctets)) / octetsPerGB) * prices.natPerGB,
  },
  {name: 'transfer to the internet', usd: ((million * tenKB) / octetsPerGB) * prices.transferPerGB},
  {name: 'flow logs', usd: ((million * flowLogOctets) / octetsPerGB) * prices.logsPerGB},
];

/**
 * It is not told for a million messages: what it costs are functions that wait for a greeting, and of those no more than
 * `slowConcurrency` wait at the same time, however many domains are dead.
 */
async function simulateDeadDomains(size: number): Promise<DeadDomains> {
  const among = wholeBatches(4 * size);
  const share = 0.01;
  const crowd = {messages: among, domains: among, spreadMs: among * 3.6, slow: 0, giant: 0, isUnique: true};
  const without = await runCrowd({...crowd, troubled: 0});
  const withDead = await runCrowd({...crowd, troubled: share});
  const minutes = withDead.samples.length - without.samples.length;
  const idleUsd = usdOfPolls({standardQueues: 3, fifoQueues: 2}, listPrices) * (minutes / 60 / hoursPerMonth);
  return {domains: Math.round(share * among), among, usd: withDead.usd - without.usd - idleUsd};
}
