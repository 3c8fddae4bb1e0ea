// Messages that an invocation failed to handle come again after a second, and not after their visibility timeout. So
// the timeout can be as long as a slow machine needs, and no test waits for it.

import type {Cloud} from '../../local/cloud.ts';
import type {Invocation} from '../../local/lambda/function-error.ts';
import {batchItemFailuresOf} from '../../local/lambda/sqs-event.ts';

interface Received {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly eventSourceARN: string;
}

export function returnSoon({functions, sqs}: Cloud): void {
  for (const each of functions.values()) {
    const invoke = each.invoke.bind(each);
    each.invoke = async (payload, upstream) => {
      const invocation = await invoke(payload, upstream);
      for (const {eventSourceARN, receiptHandle} of failedOf(payload, invocation)) {
        try {
          sqs.changeMessageVisibility(
            eventSourceARN.slice(eventSourceARN.lastIndexOf(':') + 1),
            receiptHandle,
            1,
          );
        } catch {
          // It is already deleted.
        }
      }
      return invocation;
    };
  }
}

function failedOf(payload: string, invocation: Invocation): readonly Received[] {
  const records: readonly Received[] = JSON.parse(payload).Records;
  if (!invocation.ok) return records;
  const failed = batchItemFailuresOf(
    invocation.payload,
    records.map(({messageId}) => messageId),
  );
  return records.filter(({messageId}) => failed.has(messageId));
}
