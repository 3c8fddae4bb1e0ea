// Direct delivery: where and how the MX hosts of recipients are reached.

import {isIPv4} from 'node:net';
import {type Parsed, parsePort, right, wrong} from '../../parsed.ts';
import {defaultSmtpPort} from '../../smtp/smarthost.ts';
import type {NamedGroup} from '../setting-group.ts';

export interface MxSettings {
  readonly port: number;
  /** Whether mail may go to hosts in private, loopback and link-local ranges. */
  readonly privateAddresses: boolean;
  /** Name servers as `address` or `address:port`; none means those of the system. */
  readonly nameServers: readonly string[];
  /** Whether the MTA-STS policies of recipient domains are fetched and obeyed. */
  readonly mtaSts: boolean;
  /** The URL of a validating resolver, to be asked over HTTPS instead of name servers; DANE is obeyed with it. */
  readonly resolver?: string;
}

export const mx: NamedGroup<MxSettings> = {
  names: ['mx-port', 'mx-private-addresses', 'mx-name-servers', 'mx-mta-sts', 'mx-resolver', 'mx-dane'],
  defaults: {
    'mx-port': String(defaultSmtpPort),
    'mx-private-addresses': 'refused',
    'mx-mta-sts': 'enforced',
  },
  mailWaits: true,
  read: reader => {
    const port = reader.parsed('mx-port', parsePort) ?? defaultSmtpPort;
    const privateAddresses = reader.word('mx-private-addresses', ['refused', 'allowed']) === 'allowed';
    const nameServers = reader.list('mx-name-servers', parseNameServer) ?? [];
    const mtaSts = reader.word('mx-mta-sts', ['enforced', 'ignored']) !== 'ignored';
    const resolverName = reader.nameOf('mx-resolver', 'mx-dane');
    const resolver = reader.parsed(resolverName, parseResolver);
    if (resolver !== undefined && nameServers.length > 0)
      reader.wrong(resolverName, 'takes the place of mx-name-servers: remove one of them');
    return {port, privateAddresses, nameServers, mtaSts, ...(resolver !== undefined && {resolver})};
  },
};

function parseNameServer(text: string): Parsed<string> {
  const [, address = '', port = '53'] = /^([^:]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  return isIPv4(address) && parsePort(port).ok
    ? right(text)
    : wrong('must be IPv4 addresses, each with an optional :port');
}

/**
 * A URL; `https://` may be missing (older versions of the `aws` command line fetch a value that begins with it), and so
 * may the usual path. HTTP is refused: anybody on the way could change what DNSSEC has proved.
 */
function parseResolver(text: string): Parsed<string> {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  const isPlain = url?.username === '' && url.password === '' && url.hash === '';
  if (url?.protocol !== 'https:' || !isPlain || !/[.:]|^localhost$/.test(url.hostname))
    return wrong('must be a DNS resolver that is asked over HTTPS, such as dns.quad9.net');
  if (url.pathname === '/') url.pathname = '/dns-query';
  return right(url.href);
}
