// The targets of a next hop: the addresses of its hosts, in the order to try them, with the TLS level and the
// credentials that are used there.

import type {NextHop} from '../../../shared/delivery/destination.ts';
import type {MxSettings} from '../../../shared/settings/groups/mx.ts';
import type {Target} from '../../../shared/smtp/target.ts';
import type {NextHopHost} from './next-hop-hosts.ts';

/** Each address costs time. A next hop with more of them waits for the next attempt. */
const maxAddresses = 10;

/**
 * RFC 8314 3.3: TLS from the start is for submission, on this port unless something else is said. MX hosts have none.
 */
const implicitTlsPort = 465;

export function targetsOf(hop: NextHop, hosts: readonly NextHopHost[], mx: MxSettings): readonly Target[] {
  const {security} = hop;
  const common =
    hop.kind === 'mx'
      ? {port: mx.port, security, implicitTls: false}
      : {
          port: hop.port,
          security,
          implicitTls: hop.implicitTls ?? hop.port === implicitTlsPort,
          ...(hop.credentials && {credentials: hop.credentials}),
          ...(hop.ca !== undefined && {ca: hop.ca}),
        };
  const targets = hosts.flatMap(({addresses, ...host}) => {
    // RFC 8461 4.2: the certificate must be valid for the MX host, even if the message would do with less.
    const secured = host.policy?.mode === 'enforce' ? ({...common, security: 'verified'} as const) : common;
    return addresses.map(address => ({...host, address, ...secured}));
  });
  return targets.slice(0, maxAddresses);
}
