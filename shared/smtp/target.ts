// A target: a server (one address and port) with the TLS level and the credentials that it is used with; and what
// these allow a connection to be used for.

import type {Credentials} from './credentials.ts';
import type {Dane} from './dane.ts';
import {type Failure, factFailure} from './failure.ts';
import {isLoopback} from './ip-address.ts';
import type {HostPolicy} from './mta-sts.ts';
import type {Security} from './security.ts';

export interface Target {
  /** The name that the certificate must be for, and that logs show. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly security: Security;
  readonly credentials?: Credentials;
  /** An authority, in PEM, that is trusted for this server besides the public ones. */
  readonly ca?: string;
  /** TLS from the first octet (RFC 8314), not by STARTTLS. */
  readonly implicitTls: boolean;
  /** The MTA-STS policy that holds for the host. What it asks for is in the security level. */
  readonly policy?: HostPolicy;
  /** What the certificate must be, whatever the security level says (RFC 7672). */
  readonly dane?: Dane;
}

/** Everything that makes one connection differ from another: a connection serves exactly one target. */
export const keyOf = (target: Target): string => {
  const {host, address, port, security, implicitTls, credentials, ca, policy, dane} = target;
  return JSON.stringify([host, address, port, security, implicitTls, credentials, ca, policy, dane]);
};

/** The server, whatever name, TLS level and credentials it is used with. */
export const serverOf = ({address, port}: Pick<Target, 'address' | 'port'>): string => `${address} ${port}`;

export const mustEncrypt = ({security, dane}: Target): boolean =>
  security === 'required' || security === 'verified' || dane !== undefined;

/** Whether its TLSA records vouch for it, so that no authority needs to. */
export const provesItself = ({dane}: Target): boolean => dane !== undefined && dane.records.length > 0;

export const mustProveItself = (target: Target): boolean =>
  target.security === 'verified' || provesItself(target);

/** Whether a new connection in clear text may take the place of one on which TLS failed. */
export const mayBeInClear = (target: Target): boolean =>
  !mustEncrypt(target) &&
  !target.implicitTls &&
  (target.security === 'optional' || target.credentials === undefined);

/** Why a connection that is not encrypted cannot be used; undefined where it can. */
export function failureInClear(target: Target): Failure | undefined {
  if (mustEncrypt(target))
    return factFailure('starttls', 'tls-unavailable', 'the connection is not encrypted');
  const {security, credentials, address} = target;
  if (credentials === undefined || security === 'optional' || isLoopback(address)) return undefined;
  return factFailure('auth', 'auth-needs-tls', 'credentials are not sent over an unencrypted connection');
}
