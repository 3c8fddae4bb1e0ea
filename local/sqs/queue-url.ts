// Which queue a URL means. Its host does not matter, as the endpoint may have several names.

import {type Input, optionalString} from '../endpoint/input.ts';
import {queueDoesNotExist} from './errors.ts';
import type {Queue} from './queue.ts';
import type {Sqs} from './sqs.ts';

/** The queue of the request's QueueUrl. AWS answers a missing URL like a wrong one. @throws AwsError */
export function queueOf(sqs: Sqs, input: Input): Queue {
  const url = optionalString(input, 'QueueUrl') ?? '';
  const [, accountId, name = ''] = /^(?:https?:\/\/[^/]+)?\/(\d{12})\/([^/?#]+)$/.exec(url) ?? [];
  if (accountId !== sqs.accountId) throw queueDoesNotExist();
  return sqs.queue(name);
}
