// Where to listen: `127.0.0.1:2587`, `[::1]:2587`, `0.0.0.0:587`.

import {isIPv4, isIPv6} from 'node:net';
import {InvalidArgumentError} from 'commander';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** @throws InvalidArgumentError */
export function addressOf(text: string): ListenAddress {
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]*)\]|([^:]*)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  const isAddress = bracketed === undefined ? isIPv4(host) : isIPv6(host);
  if (!isAddress || Number(port) > 65_535)
    throw new InvalidArgumentError('HOST:PORT is wanted, with an IP address: 127.0.0.1:2587, or [::1]:2587.');
  return {host, port: Number(port)};
}

export const isLoopback = (host: string): boolean => host === '::1' || host.startsWith('127.');
