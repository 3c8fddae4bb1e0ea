// The settings' smarthost and sink: a server, its port, and who logs in there. All of it can stand in one URL; where
// it stands in several parameters, nobody may see the password of one server beside the name of another.

import {isDeepStrictEqual} from 'node:util';
import type {Parsed} from '../parsed.ts';
import {type Security, securityLevels} from '../smtp/security.ts';
import {defaultSmtpPort, isUrl, parseHosts, parseRelayUrl, type Relay} from '../smtp/smarthost.ts';
import {parseAuthorities} from './authorities.ts';
import type {ParameterReader} from './parameter-reader.ts';
import type {SettingGroup} from './setting-group.ts';

/** A server as one parameter names it: hosts alone, or everything. */
type Server = Pick<Relay, 'hosts'> & Partial<Relay>;

export const smarthostGroup: SettingGroup<Relay | undefined> = {
  names: [
    'smarthost',
    'smarthost-port',
    'smarthost-username',
    'smarthost-password',
    'smarthost-security',
    'smarthost-ca',
  ],
  read: reader => {
    const relay = readRelay(reader, 'smarthost', reader.parsed('smarthost', parseServer));
    const security = reader.word<Security>('smarthost-security', securityLevels);
    const ca = reader.parsed('smarthost-ca', parseAuthorities);
    return relay && {...relay, ...(security && {security}), ...(ca !== undefined && {ca})};
  },
  settles: settlesAs('smarthost'),
  unsettled: withoutCredentials,
};

export const sinkGroup: SettingGroup<Relay | undefined> = {
  names: ['smtp-sink', 'smtp-sink-ip', 'smtp-sink-port', 'smtp-sink-username', 'smtp-sink-password'],
  read: reader => {
    const whole = reader.parsed('smtp-sink', parseWholeUrl);
    const host = reader.host('smtp-sink-ip');
    if (whole !== undefined && host !== undefined && isUnspecified(host))
      reader.wrong('smtp-sink-ip', 'turns the sink off, and smtp-sink turns it on: remove one of them');
    const relay = readRelay(reader, 'smtp-sink', whole ?? (host === undefined ? undefined : {hosts: [host]}));
    // The unspecified address turns the sink off, as no parameter does.
    return relay === undefined || isUnspecified(relay.hosts[0]!) ? undefined : relay;
  },
  settles: settlesAs('smtp-sink'),
  unsettled: withoutCredentials,
};

const isUnspecified = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** Half a pair of credentials is somebody typing, here as in parameters of their own. */
const parseWholeUrl = (text: string): Parsed<Relay> => {
  const relay = parseRelayUrl(text);
  const missing = relay.ok ? relay.value.missingCredential : undefined;
  return missing === undefined
    ? relay
    : {ok: false, problem: `is a URL without a ${missing}: give both or neither`};
};

const parseServer = (text: string): Parsed<Server> => {
  if (isUrl(text)) return parseWholeUrl(text);
  const hosts = parseHosts(text);
  return hosts.ok ? {ok: true, value: {hosts: hosts.value}} : hosts;
};

/** What a URL says counts, its port too; a URL without a user name can have one beside it. */
function readRelay(reader: ParameterReader, prefix: string, server: Server | undefined): Relay | undefined {
  const port = reader.port(`${prefix}-port`) ?? defaultSmtpPort;
  const [username, password] = [`${prefix}-username`, `${prefix}-password`] as const;
  const credentials = reader.credentials(username, password);
  if (server?.credentials !== undefined) {
    for (const name of [username, password])
      if (reader.has(name)) reader.wrong(name, 'stands beside a URL with a user name: remove one of them');
  }
  return server && {port, ...(credentials && {credentials}), ...server};
}

/** A change counts at once when no credentials are concerned, or when one parameter holds all of it. */
function settlesAs(prefix: string): NonNullable<SettingGroup<Relay | undefined>['settles']> {
  return (value, last, reader) => {
    if (last !== undefined && isDeepStrictEqual(value, last.value)) return false;
    const isApart = reader.has(`${prefix}-username`) || reader.has(`${prefix}-password`);
    if (value?.credentials !== undefined) return isApart;
    return isApart || last?.value?.credentials !== undefined;
  };
}

function withoutCredentials(relay: Relay | undefined): Relay | undefined {
  if (relay === undefined) return undefined;
  const {credentials: _, ...rest} = relay;
  return rest;
}
