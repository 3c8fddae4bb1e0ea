// What a million messages would cost through a smarthost 20 and 50 ms away. Both functions are fed with messages of two
// sizes, some of which are deferred.

import {type BenchContext, messagesPerConnection, wholeBatches} from '../bench-context.ts';
import {type Cost, costPerMillion, type FunctionUse} from '../cost.ts';
import {DeliveryPatterns, names, outboxPatternOf} from '../delivery-patterns.ts';
import {type FeedFigures, FunctionRig} from '../function-rig.ts';
import {hundredKB, mimeOf, outboxBodyOf, recipientOf, tenKB} from '../mail.ts';
import {batchSize, type DeliverSubject, deliverSubject} from '../peers/deliver.ts';
import {listPrices} from '../prices.ts';
import {Places} from '../receivers/place.ts';
import {EventMaker} from '../sqs-events.ts';

export interface CostScenario {
  readonly roundTripMs: number;
  readonly mailOctets: number;
  readonly deferredShare: number;
  readonly deliver: FunctionUse;
  readonly route: FunctionUse;
  readonly cost: Cost;
}

/** About how long a call of SQS from Lambda takes in the same region. Waiting for it costs little. */
export const sqsLatencyMs = 10;

const roundTripsMs = [20, 50];
const sizes = [tenKB, hundredKB];
/** Every eleventh attempt is deferred: so a tenth of the messages is deferred once and delivered the second time. */
const deferrals = [
  {share: 0, deferEvery: undefined, attempts: 1},
  {share: 0.1, deferEvery: 11, attempts: 1.1},
] as const;

export async function measureCosts(context: BenchContext): Promise<readonly CostScenario[]> {
  const {options, reaper, progress} = context;
  // Only the embedded one can defer.
  const places = new Places({kind: 'embedded', reaper});
  const patterns = await DeliveryPatterns.start(context, 1);
  const scenarios: CostScenario[] = [];
  try {
    for (const mailOctets of sizes) {
      progress(`cost: route, ${mailOctets / 1024} KB`);
      const route = await measureRoute(mailOctets, context);
      for (const {share, deferEvery, attempts} of deferrals) {
        const defer = deferEvery === undefined ? {} : {deferEvery};
        const shared = {
          site: context,
          patterns,
          environments: 'many',
          octets: mailOctets,
          sqsLatencyMs,
        } as const;
        const subject = await deliverSubject({...shared, ...defer});
        try {
          await subject.warmUp(await places.at('plain', 0), 1, wholeBatches(options.warmUp / 10));
          for (const roundTripMs of roundTripsMs) {
            progress(`cost: deliver, ${mailOctets / 1024} KB, ${roundTripMs} ms, ${100 * share} % deferred`);
            const place = await places.at('plain', roundTripMs);
            const messages = 1.1 * messagesPerConnection(options.size, roundTripMs);
            const deliver = await measureDeliver(subject, () =>
              subject.run(place, 1, wholeBatches(messages)),
            );
            const cost = costPerMillion(
              {
                route,
                deliver,
                mailOctets,
                attempts,
                batchSize,
                outboxOctets: Buffer.byteLength(outboxBodyOf(recipientOf(1), mimeOf(mailOctets))),
                deliveryOctets: await patterns.octetsOf(mimeOf(mailOctets), place),
              },
              listPrices,
            );
            scenarios.push({roundTripMs, mailOctets, deferredShare: share, deliver, route, cost});
          }
        } finally {
          await subject.close();
        }
      }
    }
    return scenarios;
  } finally {
    await patterns.close();
    await places.close();
  }
}

async function measureDeliver(subject: DeliverSubject, run: () => Promise<unknown>): Promise<FunctionUse> {
  await run();
  return useOf(subject.last!, subject.memoryMB);
}

async function measureRoute(mailOctets: number, context: BenchContext): Promise<FunctionUse> {
  const {options} = context;
  const rig = await FunctionRig.start({site: context, functionName: names.route, sqsLatencyMs});
  try {
    const pattern = outboxPatternOf(mimeOf(mailOctets));
    const events = new EventMaker();
    const feed = (messages: number) => {
      let left = messages;
      return rig.feed([
        () => {
          if (left === 0) return undefined;
          left -= batchSize;
          return {payload: events.event([pattern], batchSize), messages: batchSize};
        },
      ]);
    };
    await feed(wholeBatches(options.warmUp / 10));
    return useOf(await feed(wholeBatches(options.size / 10)), rig.definition.memoryMB);
  } finally {
    await rig.close();
  }
}

const useOf = (figures: FeedFigures, memoryMB: number): FunctionUse => {
  const {messages, invocations, billedMs, cpuSeconds, logOctets, calls} = figures;
  return {messages, memoryMB, invocations, billedMs, cpuSeconds, logOctets, calls};
};
