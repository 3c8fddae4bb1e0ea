// The names of the metrics that functions write into their log (CloudWatch embedded metric format), once a batch. They have
// one dimension, the stage: a metric for each domain would cost 0.30 USD a month each.

export const metricNamespace = 'relayq';
export const stageDimension = 'stage';

export const metrics = {
  attempts: {unit: 'Count', what: 'messages that were tried'},
  accepted: {unit: 'Count', what: 'messages that a server took'},
  deferred: {unit: 'Count', what: 'attempts that failed for now'},
  bounced: {unit: 'Count', what: 'messages that a server refused for good'},
  expired: {unit: 'Count', what: 'messages whose time was over'},
  invalid: {unit: 'Count', what: 'texts that are no messages'},
  held: {unit: 'Count', what: 'times that a message had to wait without an attempt'},
  /** From the moment when the message was put on the outbox. */
  timeToAcceptance: {unit: 'Milliseconds', what: 'how long accepted messages took'},
} as const;
export type MetricName = keyof typeof metrics;
