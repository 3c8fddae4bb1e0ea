// One server at one address, and what a session with it must be.

import type {Credentials} from '../../../shared/smtp/credentials.ts';
import type {Dane} from '../../../shared/smtp/dane.ts';
import type {HostPolicy} from '../../../shared/smtp/mta-sts.ts';
import type {Security} from '../../../shared/smtp/security.ts';

export interface Target {
  /** The name that the certificate must be for, and that logs show. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly security: Security;
  readonly credentials?: Credentials;
  /** An authority that is trusted for this server besides those that are trusted anyway, as PEM. */
  readonly ca?: string;
  /** TLS from the first octet (RFC 8314), not by STARTTLS. */
  readonly implicitTls: boolean;
  /** The MTA-STS policy that holds for the host; what it asks for is in the security level. */
  readonly policy?: HostPolicy;
  /** What the certificate must be, whatever the level says: RFC 7672 is for hosts that promise it. */
  readonly dane?: Dane;
}

export const mustEncrypt = ({security, dane}: Target): boolean =>
  security === 'required' || security === 'verified' || dane !== undefined;

/** By its TLSA records: then no authority needs to vouch for it. */
export const provesItself = ({dane}: Target): boolean => dane !== undefined && dane.records.length > 0;

export const mustProveItself = (target: Target): boolean =>
  target.security === 'verified' || provesItself(target);

/** Whether clear text will do, should TLS come to nothing. */
export const mayBeInClear = (target: Target): boolean =>
  !mustEncrypt(target) &&
  !target.implicitTls &&
  (target.security === 'optional' || target.credentials === undefined);
