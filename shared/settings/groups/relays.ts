// The smarthost and the sink of the settings: a server, its port, and who logs in there. All of it can stand in one URL.
// Where it stands in several parameters, the password of one server must never be seen beside the name of another.

import {isDeepStrictEqual} from 'node:util';
import {type Parsed, parsePort, right, wrong} from '../../parsed.ts';
import {parseHost} from '../../smtp/address.ts';
import {securityLevels} from '../../smtp/security.ts';
import {defaultSmtpPort, isUrl, parseHosts, parseRelayUrl, type Relay} from '../../smtp/smarthost.ts';
import {parseAuthorities} from '../authorities.ts';
import type {ParameterReader} from '../parameter-reader.ts';
import type {NamedGroup} from '../setting-group.ts';

/** While it is not known, it has no credentials. */
type RelayGroup = NamedGroup<Relay | undefined>;

/** A server as one parameter names it: hosts alone, or everything. */
type Server = Pick<Relay, 'hosts'> & Partial<Relay>;

export const smarthost: RelayGroup = {
  names: [
    'smarthost',
    'smarthost-url',
    'smarthost-port',
    'smarthost-username',
    'smarthost-password',
    'smarthost-security',
    'smarthost-ca',
  ],
  defaults: {'smarthost-port': String(defaultSmtpPort), 'smarthost-security': 'opportunistic'},
  mailWaits: true,
  read: reader => {
    const whole = reader.parsed('smarthost-url', parseWholeUrl);
    // It takes the place of the others. They may be put right or removed meanwhile, one by one.
    const relay = reader.has('smarthost-url')
      ? readAlone(reader, 'smarthost', whole)
      : readRelay(reader, 'smarthost', reader.parsed('smarthost', parseServer));
    const security = reader.word('smarthost-security', securityLevels);
    const ca = reader.parsed('smarthost-ca', parseAuthorities);
    return relay && {...relay, ...(security && {security}), ...(ca !== undefined && {ca})};
  },
  unsettled: unsettledAs('smarthost'),
};

export const sink: RelayGroup = {
  names: ['smtp-sink', 'smtp-sink-ip', 'smtp-sink-port', 'smtp-sink-username', 'smtp-sink-password'],
  defaults: {'smtp-sink-port': String(defaultSmtpPort)},
  mailWaits: true,
  read: reader => {
    const whole = reader.parsed('smtp-sink', parseWholeUrl);
    const host = reader.parsed('smtp-sink-ip', parseHost);
    if (whole !== undefined && host !== undefined && isUnspecified(host))
      reader.wrong('smtp-sink-ip', 'turns the sink off, and smtp-sink turns it on: remove one of them');
    const relay = readRelay(reader, 'smtp-sink', whole ?? (host === undefined ? undefined : {hosts: [host]}));
    // The unspecified address turns the sink off, as if there were no parameter.
    return relay === undefined || isUnspecified(relay.hosts[0]!) ? undefined : relay;
  },
  unsettled: unsettledAs('smtp-sink'),
};

const isUnspecified = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** Half a pair of credentials means that somebody is typing, here as in parameters of their own. */
function parseWholeUrl(text: string): Parsed<Relay> {
  const relay = parseRelayUrl(text);
  const missing = relay.ok ? relay.value.missingCredential : undefined;
  return missing === undefined ? relay : wrong(`is a URL without a ${missing}: give both or neither`);
}

function parseServer(text: string): Parsed<Server> {
  if (isUrl(text)) return parseWholeUrl(text);
  const hosts = parseHosts(text);
  return hosts.ok ? right({hosts: hosts.value}) : hosts;
}

/** The port is read all the same: a wrong one says that the parameters are just being written. */
function readAlone(reader: ParameterReader, prefix: string, whole: Relay | undefined): Relay | undefined {
  reader.parsed(`${prefix}-port`, parsePort);
  return whole;
}

/** What a URL says counts, its port too; a URL without a user name can have one beside it. */
function readRelay(reader: ParameterReader, prefix: string, server: Server | undefined): Relay | undefined {
  const port = reader.parsed(`${prefix}-port`, parsePort) ?? defaultSmtpPort;
  const [username, password] = [`${prefix}-username`, `${prefix}-password`] as const;
  const credentials = reader.credentials(username, password);
  for (const name of [username, password])
    if (server?.credentials !== undefined && reader.has(name))
      reader.wrong(name, 'stands beside a URL with a user name: remove one of them');
  return server && {port, ...(credentials && {credentials}), ...server};
}

/** A change counts at once when no credentials are concerned, or when one parameter holds all of it. */
function unsettledAs(prefix: string): NonNullable<RelayGroup['unsettled']> {
  return (value, last, reader) => {
    if (last !== undefined && isDeepStrictEqual(value, last.value)) return undefined;
    if (reader.has(`${prefix}-url`)) return undefined;
    const isApart = reader.has(`${prefix}-username`) || reader.has(`${prefix}-password`);
    const hadCredentials = value?.credentials === undefined && last?.value?.credentials !== undefined;
    return isApart || hadCredentials ? {value: value && withoutCredentials(value)} : undefined;
  };
}

const withoutCredentials = ({credentials: _, ...relay}: Relay): Relay => relay;
