// Whether route may hold a message back because its receiver has enough in the delivery queue. Each environment of route
// judges by the last thousand messages that it has seen. From here only the depth can be seen: where that is small, none
// holds it.

import {Crowd} from '../../functions/route/crowd.ts';
import {Sqs} from '../../functions/runtime/sqs.ts';
import {isOfSettingsSmarthost} from '../../shared/delivery/destination.ts';
import {namesOf} from '../../shared/names.ts';
import {queueUrlOf} from '../aws/queues.ts';
import type {Context} from '../command/context.ts';
import type {Prospect} from './prospect.ts';

/** Enough for the crowd to ask SQS. */
const asking = 50;

export async function isFullFor({candidate, entry, forward}: Prospect, context: Context): Promise<boolean> {
  const {receiver, capacity} = candidate.destination;
  if (forward === undefined || isOfSettingsSmarthost(receiver) || entry?.pace !== undefined) return false;
  const {delivery, deliverySlow} = namesOf(context.stage);
  const [fast, slow] = await Promise.all([delivery, deliverySlow].map(name => queueUrlOf(context, name)));
  const sqs = new Sqs(context.clients.sqs);
  const crowd = new Crowd({sqs, urls: {fast: fast!, slow: slow!}, log: () => {}});
  // As if all of what is there were its own.
  await crowd.wanted(forward.queue, Array(asking).fill(receiver));
  crowd.entered(forward.queue, receiver);
  return crowd.isCrowding(forward.queue, receiver, capacity.connections);
}
