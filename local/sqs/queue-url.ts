// Which queue a URL means. The host is not looked at: the endpoint may be known under several names.

import {queueDoesNotExist} from './errors.ts';
import {type Input, optionalString} from './input.ts';
import type {Queue} from './queue.ts';
import type {Sqs} from './sqs.ts';

/** The queue of the request's QueueUrl; AWS answers a missing one like one that leads nowhere. */
export function queueOf(sqs: Sqs, input: Input): Queue {
  const url = optionalString(input, 'QueueUrl') ?? '';
  const [, accountId, name = ''] = /^(?:https?:\/\/[^/]+)?\/(\d{12})\/([^/?#]+)$/.exec(url) ?? [];
  if (accountId !== sqs.accountId) throw queueDoesNotExist();
  return sqs.queue(name);
}
