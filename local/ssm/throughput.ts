// How many calls Parameter Store takes. Every account has these limits until it pays for more ("AWS Systems Manager
// endpoints and quotas"; the console's Service Quotas has them by operation).

import {AwsError} from '../aws-error.ts';

interface Quota {
  readonly operations: readonly string[];
  readonly perSecond: number;
  /** How many may come at once after a pause. */
  readonly burst: number;
}

/** AWS does not say how many. Clients report that about 20 calls in a row pass before the first one is refused. */
const burstOfRareOperations = 20;

const quotas: readonly Quota[] = [
  // "Default throughput: 40 (Shared by the following API actions: …)".
  {operations: ['GetParameter', 'GetParameters', 'GetParametersByPath'], perSecond: 40, burst: 40},
  ...[
    'DeleteParameter',
    'DeleteParameters',
    'DescribeParameters',
    'GetParameterHistory',
    'LabelParameterVersion',
    'PutParameter',
    'UnlabelParameterVersion',
  ].map(operation => ({operations: [operation], perSecond: 3, burst: burstOfRareOperations})),
];

/** A bucket of tokens that fills as fast as calls may come. Each call takes a token. */
class TokenBucket {
  readonly #quota: Quota;
  #tokens: number;
  #filledMs: number;

  constructor(quota: Quota, nowMs: number) {
    this.#quota = quota;
    this.#tokens = quota.burst;
    this.#filledMs = nowMs;
  }

  take(nowMs: number): boolean {
    const {perSecond, burst} = this.#quota;
    // When the clock is set back, no tokens are lost.
    const elapsedMs = Math.max(0, nowMs - this.#filledMs);
    this.#tokens = Math.min(burst, this.#tokens + (elapsedMs * perSecond) / 1000);
    this.#filledMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

export class Throughput {
  readonly #now: () => number;
  readonly #buckets: ReadonlyMap<string, TokenBucket>;

  constructor({now = Date.now}: {readonly now?: () => number} = {}) {
    this.#now = now;
    this.#buckets = new Map(
      quotas.flatMap(quota => {
        const bucket = new TokenBucket(quota, now());
        return quota.operations.map(operation => [operation, bucket] as const);
      }),
    );
  }

  /** Counts a call, even one that fails later. @throws AwsError when it is one too many */
  admit(operation: string): void {
    if (this.#buckets.get(operation)?.take(this.#now()) === false) throw rateExceeded();
  }
}

const rateExceeded = (): AwsError => new AwsError('ThrottlingException', 'Rate exceeded');
