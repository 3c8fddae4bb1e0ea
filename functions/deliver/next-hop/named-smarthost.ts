// Where a smarthost may be that a message names for itself. Anybody who can write to the outbox, or a header of a
// forwarded text, could otherwise make this function talk to its own Runtime API, or to whatever trusts its network.
// The check is on the addresses that the name has led to, and no name is looked up between the check and connecting.

import {networkInterfaces} from 'node:os';
import {reachOf} from '../../../shared/smtp/ip-address.ts';
import type {Host} from './lookup.ts';
import {failed, type Hosts} from './next-hop-hosts.ts';

/** @param privateAllowed whether private networks are allowed. This machine and its link never are. */
export function permittedHosts(hosts: readonly Host[], privateAllowed: boolean): Hosts {
  const interfaces = Object.values(networkInterfaces()).flatMap(each => each ?? []);
  const here = interfaces.map(({address}) => address);
  const isPrivate = (address: string) => reachOf(address, here) === 'private';
  const isPermitted = (address: string) =>
    reachOf(address, here) === 'public' || (privateAllowed && isPrivate(address));
  const permitted = hosts
    .map(({host, addresses}) => ({host, addresses: addresses.filter(isPermitted)}))
    .filter(({addresses}) => addresses.length > 0);
  if (permitted.length > 0) return {ok: true, hosts: permitted, ttlSeconds: 0};
  const places = hosts.map(({host, addresses}) => [...new Set([host, ...addresses])].join(' '));
  const wouldHelp = hosts.some(({addresses}) => addresses.some(isPrivate));
  return failed(
    'private-address',
    `no message may name a smarthost at ${places.join(', ')}: smarthost-private-addresses ${wouldHelp ? 'would allow private ones' : 'does not allow this function’s own'}`,
  );
}
