// What a connection was, for results and logs.

export interface SessionFacts {
  readonly from?: string;
  readonly to: string;
  readonly cipher?: {readonly name: string; readonly version: string};
  readonly verified?: boolean;
  readonly authentication?: string;
  readonly policy?: 'dane' | 'mta-sts' | 'mta-sts-testing';
  /** Why the policy, which is in testing, would refuse this connection if it were enforced. */
  readonly policyFailure?: string;
}
