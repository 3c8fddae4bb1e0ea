// What a check is: a file that looks at one thing before a stage is deployed, and says what it has found.

import type {StageConcurrency} from '../../shared/stage-concurrency.ts';
import type {Clients} from '../aws/clients.ts';

export type Verdict = 'ok' | 'warning' | 'problem' | 'unknown';

export interface Finding {
  readonly verdict: Verdict;
  /** A line with figures. */
  readonly text: string;
  /** What to type or do, each a line. */
  readonly todo?: readonly string[];
}

/** What is to be deployed, and who looks. */
export interface Plan {
  readonly stage: string;
  readonly clients: Clients;
  readonly signal: AbortSignal;
  readonly concurrency: StageConcurrency;
  readonly directMx: boolean;
  /** None means the first two of the account. */
  readonly zones: readonly string[];
  /** Whose MX is tried after a deployment. */
  readonly to: string;
}

export interface Check {
  /** A word. */
  readonly name: string;
  /** Whether IAM may forbid it. */
  readonly needsPermission: boolean;
  /** Whether it has anything to say about the plan; it has without it. */
  readonly isFor?: (plan: Plan) => boolean;
  /** @throws Error where it may not look, or nobody answers */
  readonly look: (plan: Plan) => Promise<Finding>;
}
