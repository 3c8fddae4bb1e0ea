// The attributes that a queue can be given: their names, ranges and defaults (API Reference, CreateQueue and
// SetQueueAttributes).

import {
  invalidAttributeName,
  invalidAttributeValue,
  invalidParameter,
  invalidValue,
  unknownAttribute,
} from './errors.ts';
import {canonicalRedriveAllowPolicy, canonicalRedrivePolicy} from './redrive-policy.ts';

export type Attributes = Readonly<Record<string, string>>;

interface Rule {
  readonly fallback?: string;
  readonly fifoOnly?: boolean;
  /** Puts a value into canonical form. An empty one removes the attribute. @throws AwsError */
  readonly parse: (value: string, name: string) => string;
}

const integer =
  (least: number, most: number): Rule['parse'] =>
  (value, name) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= least && number <= most)) throw invalidAttributeValue(name);
    return String(number);
  };

const oneOf =
  (...values: readonly string[]): Rule['parse'] =>
  (value, name) => {
    const found = values.find(each => each.toLowerCase() === value.toLowerCase());
    if (found === undefined) throw invalidAttributeValue(name);
    return found;
  };

const policy: Rule['parse'] = (value, name) => {
  if (value === '') return '';
  try {
    if (typeof JSON.parse(value) === 'object') return value;
  } catch {
    // It is refused below.
  }
  throw invalidAttributeValue(name);
};

export const greatestMessageSize = 1_048_576;

const rules: Readonly<Record<string, Rule>> = {
  DelaySeconds: {fallback: '0', parse: integer(0, 900)},
  MaximumMessageSize: {fallback: String(greatestMessageSize), parse: integer(1024, greatestMessageSize)},
  MessageRetentionPeriod: {fallback: '345600', parse: integer(60, 1_209_600)},
  ReceiveMessageWaitTimeSeconds: {fallback: '0', parse: integer(0, 20)},
  VisibilityTimeout: {fallback: '30', parse: integer(0, 43_200)},
  Policy: {parse: policy},
  RedrivePolicy: {parse: canonicalRedrivePolicy},
  RedriveAllowPolicy: {parse: canonicalRedriveAllowPolicy},
  KmsMasterKeyId: {parse: value => value},
  KmsDataKeyReusePeriodSeconds: {parse: integer(60, 86_400)},
  SqsManagedSseEnabled: {fallback: 'true', parse: oneOf('true', 'false')},
  FifoQueue: {fifoOnly: true, parse: oneOf('true', 'false')},
  ContentBasedDeduplication: {fallback: 'false', fifoOnly: true, parse: oneOf('true', 'false')},
  DeduplicationScope: {fallback: 'queue', fifoOnly: true, parse: oneOf('queue', 'messageGroup')},
  FifoThroughputLimit: {fallback: 'perQueue', fifoOnly: true, parse: oneOf('perQueue', 'perMessageGroupId')},
};

/** The attributes that the queue itself computes. */
export const computedAttributes = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'CreatedTimestamp',
  'LastModifiedTimestamp',
  'QueueArn',
] as const;

/**
 * "Alphanumeric characters, hyphens (-), and underscores (_)", at most 80, of which five are the suffix of a FIFO queue
 * ("Queue name", CreateQueue).
 */
export function parseQueueName(name: string, attributes: Attributes): {readonly fifo: boolean} {
  const given = attributes.FifoQueue;
  const fifo = given?.toLowerCase() === 'true';
  if (fifo && !(name.length <= 80 && /^[\w-]+\.fifo$/.test(name))) {
    throw invalidParameter(
      'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length.',
    );
  }
  if (!fifo && !/^[\w-]{1,80}$/.test(name)) {
    throw invalidParameter(
      'Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length',
    );
  }
  return {fifo};
}

/** What was given, in canonical form, whatever was set before. @throws AwsError */
export function parseAttributes(given: Attributes, {fifo}: {readonly fifo: boolean}): Record<string, string> {
  const parsed: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const rule = rules[name];
    // A standard queue does not know `FifoQueue`, not even as false.
    if (rule === undefined || (rule.fifoOnly && !fifo)) throw unknownAttribute(name);
    parsed[name] = rule.parse(value, name);
  }
  if (parsed.KmsMasterKeyId && parsed.SqsManagedSseEnabled === 'true') {
    throw invalidAttributeName(
      'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.',
    );
  }
  return parsed;
}

/** A queue's attributes after a change. An empty value removes one, and one kind of encryption replaces the other. */
export function mergeAttributes(before: Attributes, change: Attributes): Attributes {
  const merged: Record<string, string> = {...before, ...change};
  if (change.KmsMasterKeyId) merged.SqsManagedSseEnabled = 'false';
  if (change.SqsManagedSseEnabled === 'true') {
    delete merged.KmsMasterKeyId;
    delete merged.KmsDataKeyReusePeriodSeconds;
  }
  for (const [name, value] of Object.entries(merged)) if (value === '') delete merged[name];
  // "perMessageGroupId is allowed only when the value for DeduplicationScope is messageGroup" (CreateQueue).
  if (merged.FifoThroughputLimit === 'perMessageGroupId' && merged.DeduplicationScope !== 'messageGroup') {
    throw invalidValue(
      'perMessageGroupId',
      'FifoThroughputLimit',
      'The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup.',
    );
  }
  return merged;
}

/** Adds the defaults of what was not given. */
export function effectiveAttributes(attributes: Attributes, {fifo}: {readonly fifo: boolean}): Attributes {
  const effective: Record<string, string> = {};
  for (const [name, {fallback, fifoOnly = false}] of Object.entries(rules)) {
    const value = attributes[name] ?? fallback;
    if (value !== undefined && (fifo || !fifoOnly)) effective[name] = value;
  }
  if (effective.KmsMasterKeyId) effective.KmsDataKeyReusePeriodSeconds ??= '300';
  return effective;
}

/** Whether GetQueueAttributes may ask for it. */
export const isAttributeName = (name: string, {fifo}: {readonly fifo: boolean}): boolean => {
  const rule = rules[name];
  if (rule === undefined) return (computedAttributes as readonly string[]).includes(name);
  return fifo || !rule.fifoOnly;
};
