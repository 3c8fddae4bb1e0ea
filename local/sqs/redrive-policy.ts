// Reads the two policies of dead-letter queues: where a queue's dead letters go, and from which queues a queue takes some
// ("Using dead-letter queues in Amazon SQS").

import {isJsonObject, type JsonObject} from '../json.ts';
import {invalidAttributeValue, invalidValue} from './errors.ts';

export interface RedrivePolicy {
  readonly deadLetterTargetArn: string;
  readonly maxReceiveCount: number;
}

interface RedriveAllowPolicy {
  readonly redrivePermission: 'allowAll' | 'denyAll' | 'byQueue';
  readonly sourceQueueArns?: readonly string[];
}

/** An empty value removes the policy. `maxReceiveCount` is a number or its digits, from 1 to 1,000. @throws AwsError */
export function canonicalRedrivePolicy(value: string): string {
  if (value === '') return '';
  const invalid = (reason: string) => invalidValue(value, 'RedrivePolicy', reason);
  const {deadLetterTargetArn, maxReceiveCount} = objectOf(value, 'RedrivePolicy');
  if (typeof deadLetterTargetArn !== 'string' || maxReceiveCount === undefined) {
    throw invalid(
      'Redrive policy does not contain mandatory attribute: deadLetterTargetArn and maxReceiveCount.',
    );
  }
  if (!/^arn:[^:]+:sqs:[^:]+:\d{12}:[^:]+$/.test(deadLetterTargetArn)) {
    throw invalid('Invalid value for deadLetterTargetArn.');
  }
  const count = /^\d+$/.test(String(maxReceiveCount)) ? Number(maxReceiveCount) : 0;
  if (count < 1 || count > 1000) {
    throw invalid('Invalid value for maxReceiveCount: it must be between 1 and 1000.');
  }
  return JSON.stringify({deadLetterTargetArn, maxReceiveCount: count} satisfies RedrivePolicy);
}

/** "When using byQueue, specify up to 10 source queues". The other permissions name none. @throws AwsError */
export function canonicalRedriveAllowPolicy(value: string): string {
  if (value === '') return '';
  const invalid = (reason: string) => invalidValue(value, 'RedriveAllowPolicy', reason);
  const {redrivePermission, sourceQueueArns} = objectOf(value, 'RedriveAllowPolicy');
  if (redrivePermission === 'allowAll' || redrivePermission === 'denyAll') {
    if (sourceQueueArns !== undefined) {
      throw invalid(
        `Amazon SQS can't create the redrive allow policy: ${redrivePermission} takes no sourceQueueArns.`,
      );
    }
    return JSON.stringify({redrivePermission} satisfies RedriveAllowPolicy);
  }
  if (redrivePermission !== 'byQueue') throw invalid('Invalid value for redrivePermission.');
  const isList = Array.isArray(sourceQueueArns) && sourceQueueArns.every(arn => typeof arn === 'string');
  if (!isList || sourceQueueArns.length < 1 || sourceQueueArns.length > 10) {
    throw invalid('byQueue takes 1 to 10 sourceQueueArns.');
  }
  return JSON.stringify({redrivePermission, sourceQueueArns} satisfies RedriveAllowPolicy);
}

export const redrivePolicyOf = (canonical: string | undefined): RedrivePolicy | undefined =>
  canonical === undefined ? undefined : (JSON.parse(canonical) as RedrivePolicy);

/** Whether a queue with this allow policy may be the dead-letter queue of a source; without one, of any source. */
export function allowsRedriveFrom(canonical: string | undefined, sourceArn: string): boolean {
  if (canonical === undefined) return true;
  const {redrivePermission, sourceQueueArns} = JSON.parse(canonical) as RedriveAllowPolicy;
  return redrivePermission === 'allowAll' || (sourceQueueArns?.includes(sourceArn) ?? false);
}

function objectOf(text: string, attribute: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // It is refused below.
  }
  if (!isJsonObject(value)) throw invalidAttributeValue(attribute);
  return value;
}
