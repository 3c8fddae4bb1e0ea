// A queue's attributes as the values that it works with.

import {type Attributes, effectiveAttributes} from './queue-attributes.ts';
import {type RedrivePolicy, redrivePolicyOf} from './redrive-policy.ts';

export interface QueueSettings {
  readonly delayMs: number;
  readonly visibilityTimeoutMs: number;
  readonly retentionMs: number;
  readonly waitTimeMs: number;
  readonly maximumMessageSize: number;
  readonly contentBasedDeduplication: boolean;
  readonly deduplicationScope: 'queue' | 'messageGroup';
  readonly redrivePolicy: RedrivePolicy | undefined;
}

export function queueSettingsOf(attributes: Attributes, type: {readonly fifo: boolean}): QueueSettings {
  const effective = effectiveAttributes(attributes, type);
  const numberOf = (name: string) => Number(effective[name]);
  return {
    delayMs: numberOf('DelaySeconds') * 1000,
    visibilityTimeoutMs: numberOf('VisibilityTimeout') * 1000,
    retentionMs: numberOf('MessageRetentionPeriod') * 1000,
    waitTimeMs: numberOf('ReceiveMessageWaitTimeSeconds') * 1000,
    maximumMessageSize: numberOf('MaximumMessageSize'),
    contentBasedDeduplication: effective.ContentBasedDeduplication === 'true',
    deduplicationScope: effective.DeduplicationScope === 'messageGroup' ? 'messageGroup' : 'queue',
    redrivePolicy: redrivePolicyOf(effective.RedrivePolicy),
  };
}
