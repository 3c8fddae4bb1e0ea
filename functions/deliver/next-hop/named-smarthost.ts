// Where a smarthost may be that a message names for itself. Anybody who can write to the outbox, or a header of a
// forwarded text, could otherwise make this function talk to its own Runtime API, or to whatever trusts its network.
// The check is on the addresses that the name has led to, and no name is looked up between the check and connecting.

import {networkInterfaces} from 'node:os';
import {reachOf} from '../../../shared/smtp/ip-address.ts';
import type {Host} from './lookup.ts';
import {type Hosts, refusedAddresses} from './next-hop-hosts.ts';

/** @param privateAllowed whether private networks are allowed. This machine and its link never are. */
export function permittedHosts(hosts: readonly Host[], privateAllowed: boolean): Hosts {
  const interfaces = Object.values(networkInterfaces()).flatMap(
    each => each?.map(({address}) => address) ?? [],
  );
  const reached = hosts.map(host => ({
    host: host.host,
    addresses: host.addresses.map(address => ({address, reach: reachOf(address, interfaces)})),
  }));
  const isPermitted = ({reach}: {readonly reach: string}) =>
    reach === 'public' || (reach === 'private' && privateAllowed);
  const permitted = reached
    .map(({host, addresses}) => ({
      host,
      addresses: addresses.filter(isPermitted).map(({address}) => address),
    }))
    .filter(({addresses}) => addresses.length > 0);
  if (permitted.length > 0) return {ok: true, hosts: permitted, ttlSeconds: 0};
  const isPrivate = reached.some(({addresses}) => addresses.some(({reach}) => reach === 'private'));
  const places = reached.map(({host, addresses}) =>
    [host, ...addresses.map(({address}) => address).filter(address => address !== host)].join(' '),
  );
  return refusedAddresses(
    `no message may name a smarthost at ${places.join(', ')}: smarthost-private-addresses ${isPrivate ? 'would allow private ones' : 'does not allow this function’s own'}`,
  );
}
