// Direct delivery: where and how recipients' MX hosts are reached.

import {type Parsed, right, wrong} from '../parsed.ts';
import {isIPv4} from '../smtp/address.ts';
import {defaultSmtpPort} from '../smtp/smarthost.ts';
import {parsePort} from '../whole-number.ts';
import type {ParameterReader} from './parameter-reader.ts';
import type {SettingGroup} from './setting-group.ts';

export interface MxSettings {
  readonly port: number;
  /** Whether hosts in private, loopback and link-local ranges may be delivered to. */
  readonly privateAddresses: boolean;
  /** Name servers as `address` or `address:port`; empty is the system's own. */
  readonly nameServers: readonly string[];
  /** Whether a recipient domain's MTA-STS policy is asked for and obeyed. */
  readonly mtaSts: boolean;
  /** The URL of a validating resolver, to be asked over HTTPS instead of name servers; DANE is obeyed with it. */
  readonly dane?: string;
}

export const mxGroup: SettingGroup<MxSettings> = {
  names: ['mx-port', 'mx-private-addresses', 'mx-name-servers', 'mx-mta-sts', 'mx-dane'],
  read: readMx,
};

function readMx(reader: ParameterReader): MxSettings {
  const port = reader.port('mx-port') ?? defaultSmtpPort;
  const privateAddresses = reader.word('mx-private-addresses', ['refused', 'allowed']) === 'allowed';
  const nameServers = reader.list('mx-name-servers', parseNameServer) ?? [];
  const mtaSts = reader.word('mx-mta-sts', ['enforced', 'ignored']) !== 'ignored';
  const dane = reader.parsed('mx-dane', parseResolver);
  if (dane !== undefined && nameServers.length > 0)
    reader.wrong('mx-dane', 'takes the place of mx-name-servers: remove one of them');
  return {port, privateAddresses, nameServers, mtaSts, ...(dane !== undefined && {dane})};
}

function parseNameServer(text: string): Parsed<string> {
  const [, address = '', port = '53'] = /^([^:]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  return isIPv4(address) && parsePort(port).ok
    ? right(text)
    : wrong('must be IPv4 addresses, each with an optional :port');
}

/**
 * A URL, or what is left of one without `https://` (which the older `aws` command line would fetch) and the usual path.
 * Not HTTP: anybody on the way could say what DNSSEC has proved.
 */
function parseResolver(text: string): Parsed<string> {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  const isPlain = url?.username === '' && url.password === '' && url.hash === '';
  if (url?.protocol !== 'https:' || !isPlain || !/[.:]|^localhost$/.test(url.hostname))
    return wrong('must be a DNS resolver that is asked over HTTPS, such as dns.quad9.net');
  if (url.pathname === '/') url.pathname = '/dns-query';
  return right(url.href);
}
