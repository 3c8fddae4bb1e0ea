// What a connection was, for results and logs.

import type {Certificate} from '../../../shared/smtp/certificate.ts';

export interface SessionFacts {
  /** A name for it in the log, where messages may go over it. */
  readonly connection?: string;
  readonly from?: string;
  readonly to: string;
  readonly cipher?: {
    readonly name: string;
    readonly version: string;
    readonly bits?: number;
    readonly id?: number;
  };
  /** Where it was asked for. */
  readonly certificate?: Certificate;
  /** The server's greeting, where there was one. */
  readonly banner?: string;
  /** Whether the server offers DSN (RFC 3461). */
  readonly dsn?: boolean;
  readonly verified?: boolean;
  readonly authentication?: string;
  readonly policy?: 'dane' | 'mta-sts' | 'mta-sts-testing';
  /** Why the policy, which is in testing, would refuse this connection if it were enforced. */
  readonly policyFailure?: string;
}
