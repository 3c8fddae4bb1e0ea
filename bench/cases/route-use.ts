// What the route function uses for messages of a size: those that are due go on to delivery, the others go on waiting.

import {type BenchContext, wholeBatches} from '../bench-context.ts';
import type {FunctionUse} from '../cost.ts';
import {names, sourceOf} from '../delivery-patterns.ts';
import {type FeedFigures, FunctionRig} from '../function-rig.ts';
import {mimeOf, outboxBodyOf} from '../mail.ts';
import {batchSize} from '../peers/deliver.ts';
import {EventMaker, patternRecipient, recordPatternOf} from '../sqs-events.ts';

/** About how long a call of SQS from Lambda takes in the same region. Waiting for it costs little. */
export const sqsLatencyMs = 10;

/** Later than any benchmark ends, and sooner than a message is given up. */
const laterMs = 12 * 3_600_000;

/** As `nextattempt` wants it. */
const timeText = (timeMs: number): string => new Date(timeMs).toISOString().slice(0, 19).replace('T', ' ');

export async function measureRoute(
  mailOctets: number,
  {options, ...context}: BenchContext,
  {isDue = true} = {},
): Promise<FunctionUse> {
  const rig = await FunctionRig.start({site: context, functionName: names.route, sqsLatencyMs});
  try {
    const body = outboxBodyOf(patternRecipient, mimeOf(mailOctets));
    const waiting = JSON.stringify({
      ...JSON.parse(body),
      nextattempt: {time: timeText(Date.now() + laterMs)},
    });
    const pattern = isDue
      ? recordPatternOf(body, sourceOf(names.outbox))
      : recordPatternOf(waiting, sourceOf(names.waiting));
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
    const figures = await feed(wholeBatches(options.size / 10));
    const wanted = isDue ? names.delivery : names.waiting;
    const sent = figures.calls.filter(
      ({queue, operation}) => queue === wanted && operation.startsWith('SendMessage'),
    );
    if (sent.reduce((sum, {entries}) => sum + entries, 0) !== figures.messages)
      throw new Error(`route did not put all messages into ${wanted}: ${JSON.stringify(figures.calls)}`);
    return useOf(figures, rig.definition.memoryMB);
  } finally {
    await rig.close();
  }
}

export const useOf = (figures: FeedFigures, memoryMB: number): FunctionUse => {
  const {messages, invocations, billedMs, cpuSeconds, logOctets, calls} = figures;
  return {messages, memoryMB, invocations, billedMs, cpuSeconds, logOctets, calls};
};
