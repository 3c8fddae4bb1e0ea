// Whether a message costs the same, and memory stays constant, from a thousand messages to a hundred thousand. One
// environment, one connection, no delay, CHUNKING.

import {type BenchContext, wholeBatches} from '../bench-context.ts';
import {DeliveryPatterns} from '../delivery-patterns.ts';
import {deliverSubject} from '../peers/deliver.ts';
import {usualLine} from '../receivers/line.ts';
import {arrived} from '../receivers/place.ts';

export interface ScaleRow {
  readonly messages: number;
  readonly messagesPerSecond: number;
  readonly cpuSecondsPerThousand: number;
  readonly billedMsPerThousand: number;
  /** The peak so far; it can only rise. */
  readonly peakMB: number;
}

export async function measureScale(context: BenchContext): Promise<readonly ScaleRow[]> {
  const {options, places, progress} = context;
  const patterns = await DeliveryPatterns.start(context, 1);
  const {sqsLatencyMs} = options;
  const subject = await deliverSubject({site: context, patterns, environments: 'many', sqsLatencyMs});
  try {
    const place = await places.at(usualLine, 0);
    if (options.warmUp > 0) await subject.warmUp(place, 1, options.warmUp);
    const rows: ScaleRow[] = [];
    for (const share of [0.2, 2, 20]) {
      const messages = wholeBatches(share * options.size);
      progress(`scale: ${messages} messages`);
      const before = await place.receiver.count();
      const {elapsedMs, cpuSeconds, peakMB, billedMs = Number.NaN} = await subject.run(place, 1, messages);
      await arrived(place, before, messages, subject);
      rows.push({
        messages,
        messagesPerSecond: (1000 * messages) / elapsedMs,
        cpuSecondsPerThousand: (1000 * cpuSeconds) / messages,
        billedMsPerThousand: (1000 * billedMs) / messages,
        peakMB,
      });
    }
    return rows;
  } finally {
    await subject.close();
    await patterns.close();
  }
}
