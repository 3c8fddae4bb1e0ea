// What a connection was, for results and logs.

export interface SessionFacts {
  readonly from?: string;
  readonly to: string;
  readonly cipher?: {readonly name: string; readonly version: string};
  readonly verified?: boolean;
  readonly authentication?: string;
  readonly policy?: 'dane' | 'mta-sts' | 'mta-sts-testing';
  /** What the policy, were it not in testing, would have refused this connection for. */
  readonly policyFailure?: string;
}
