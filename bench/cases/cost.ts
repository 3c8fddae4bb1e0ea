// What a million messages would cost through a smarthost 20 and 50 ms away. Both functions are fed with messages, some of
// which are deferred.

import {type BenchContext, messagesOfRun, wholeBatches} from '../bench-context.ts';
import {type Cost, costPerMillion, type FunctionUse} from '../cost.ts';
import {DeliveryPatterns} from '../delivery-patterns.ts';
import {hundredKB, mimeOf, outboxBodyOf, recipientOf, tenKB} from '../mail.ts';
import {batchSize, type DeliverSubject, deliverSubject} from '../peers/deliver.ts';
import {listPrices} from '../prices.ts';
import type {Place} from '../receivers/place.ts';
import type {Transfer} from '../receivers/receiver.ts';
import {measureRoute, sqsLatencyMs, useOf} from './route-use.ts';

interface Kind {
  readonly transfer: Transfer;
  readonly mailOctets: number;
  readonly deferredShare: number;
  /** How many kinds of results each message has: two, or one where the setting says so. */
  readonly resultKinds: 1 | 2;
}

export interface CostScenario extends Kind {
  readonly roundTripMs: number;
  readonly deliver: FunctionUse;
  readonly route: FunctionUse;
  readonly cost: Cost;
}

const roundTripsMs = [20, 50];

const usual: Kind = {transfer: 'chunking', mailOctets: tenKB, deferredShare: 0, resultKinds: 2};
const kinds: readonly Kind[] = [
  usual,
  {...usual, resultKinds: 1},
  {...usual, transfer: 'data'},
  {...usual, deferredShare: 0.1},
  {...usual, mailOctets: hundredKB},
];
/** Every eleventh attempt is deferred: so a tenth of the messages is deferred once and delivered the second time. */
const deferEvery = 11;

export async function measureCosts(context: BenchContext): Promise<readonly CostScenario[]> {
  const {options, progress, places} = context;
  const patterns = await DeliveryPatterns.start(context, 1);
  const wanted = kinds.filter(({transfer}) => options.transfers.includes(transfer));
  const routes = new Map<number, FunctionUse>();
  const scenarios: CostScenario[] = [];
  try {
    for (const kind of wanted) {
      const {transfer, mailOctets, deferredShare, resultKinds} = kind;
      const route = routes.get(mailOctets) ?? (await measureRoute(mailOctets, context));
      routes.set(mailOctets, route);
      const subject = await deliverSubject({
        site: context,
        patterns,
        environments: 'many',
        octets: mailOctets,
        sqsLatencyMs,
        ...(deferredShare > 0 && {deferEvery}),
        ...(resultKinds === 1 && {settings: {'results-kinds': 'results'}}),
      });
      try {
        // Only the embedded one can defer.
        const at = (ms: number) => places.at({kind: 'embedded', transfer, security: 'plain'}, ms);
        await subject.warmUp(await at(0), 1, wholeBatches(options.warmUp / 10));
        for (const roundTripMs of roundTripsMs) {
          progress(`cost: ${transfer}, ${mailOctets / 1024} KB, ${roundTripMs} ms, ${100 * deferredShare} %`);
          const place = await at(roundTripMs);
          const deliver = await measureDeliver(subject, place, context);
          const cost = costPerMillion(
            {
              route,
              deliver,
              mailOctets,
              attempts: 1 + deferredShare,
              batchSize,
              outboxOctets: Buffer.byteLength(outboxBodyOf(recipientOf(1), mimeOf(mailOctets))),
              deliveryOctets: await patterns.octetsOf(mimeOf(mailOctets), place),
            },
            listPrices,
          );
          scenarios.push({...kind, roundTripMs, deliver, route, cost});
        }
      } finally {
        await subject.close();
      }
    }
    return scenarios;
  } finally {
    await patterns.close();
  }
}

/** A run like those of speed, with one connection. */
export async function measureDeliver(
  subject: DeliverSubject,
  place: Place,
  {options}: BenchContext,
): Promise<FunctionUse> {
  const run = async (messages: number) => (await subject.run(place, 1, messages)).elapsedMs;
  await run(await messagesOfRun(options.size, 1, run));
  return useOf(subject.last!, subject.memoryMB);
}
