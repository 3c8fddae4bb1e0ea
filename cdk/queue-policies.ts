// Who may send to the queues, beside what the policies of roles say. The functions believe what they tell one another,
// so nobody else may send to the queues between them. TLS is demanded where the queues are made.

import {AnyPrincipal, ArnPrincipal, Effect, PolicyStatement} from 'aws-cdk-lib/aws-iam';
import type {Queue} from 'aws-cdk-lib/aws-sqs';

/** Lets in principals of other accounts. Those of this account need only policies of their own. */
export function allowProducers(outbox: Queue, producers: readonly string[]): void {
  if (producers.length === 0) return;
  outbox.addToResourcePolicy(
    new PolicyStatement({
      principals: producers.map(arn => new ArnPrincipal(arn)),
      actions: ['sqs:SendMessage', 'sqs:GetQueueUrl'],
      resources: [outbox.queueArn],
    }),
  );
}

/**
 * Denies everybody else, as administrators' own policies allow them everything. Operators are among the senders: a
 * redrive sends in the name of whoever starts it.
 * @param senders ARNs of roles and users; `*` stands for anything in them
 */
export function onlyFunctionsSend(queue: Queue, senders: readonly string[]): void {
  queue.addToResourcePolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['sqs:SendMessage'],
      resources: [queue.queueArn],
      conditions: {ArnNotLike: {'aws:PrincipalArn': senders}},
    }),
  );
}
