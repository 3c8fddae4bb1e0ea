// The smarthost of a message: an object with a hostname, or a URL. What belongs to it and has another name is a
// problem, for a password that is not understood would be neither used nor hidden.

import * as v from 'valibot';
import {isJsonObject, type Json} from '../json.ts';
import {wrong} from '../parsed.ts';
import type {Problem} from '../problem.ts';
import {pairOf, parseCredential} from '../smtp/credentials.ts';
import {securityLevels} from '../smtp/security.ts';
import {
  defaultSmtpPort,
  isNearlySmarthost,
  isUrl,
  parseHosts,
  parseRelayUrl,
  type Relay,
} from '../smtp/smarthost.ts';
import {parsedBy, wholeNumber, word} from './value-schemas.ts';

const credential = parsedBy(parseCredential);

/** Hosts; or, as a URL, all of the relay but the TLS level. */
const hostname = parsedBy<readonly string[] | Relay>(value =>
  typeof value === 'string' && isUrl(value) ? parseRelayUrl(value) : parseHosts(value),
);

const notASmarthost = 'must be an object with a hostname';

const object = v.pipe(
  v.looseObject(
    {
      hostname,
      port: v.optional(wholeNumber(1, 65535)),
      username: v.optional(credential),
      password: v.optional(credential),
      security: v.optional(word(securityLevels)),
    },
    notASmarthost,
  ),
  v.partialCheck(
    [['hostname'], ['port'], ['username'], ['password']],
    ({hostname, port, username, password}) =>
      'length' in hostname || [port, username, password].every(value => value === undefined),
    'has a URL as its hostname, and beside it what belongs into the URL: port, username or password',
  ),
  v.transform(
    ({hostname, port = defaultSmtpPort, username, password, security}): Relay => ({
      ...('hosts' in hostname ? hostname : {hosts: hostname, port, ...pairOf(username, password)}),
      ...(security !== undefined && {security}),
    }),
  ),
);

const url = parsedBy<Relay>(value =>
  typeof value === 'string' && isUrl(value) ? parseRelayUrl(value) : wrong(notASmarthost),
);

export const smarthostSchema = v.lazy(value => (typeof value === 'string' ? url : object));

const members = ['hostname', 'port', 'username', 'password', 'security'] as const;

/** What other programs call them: lower case, without hyphens and the like. */
const otherNames: ReadonlyMap<string, string> = new Map([
  ...members.map(member => [member, member] as const),
  ...['host', 'server', 'address', 'ip', 'name', 'url', 'uri'].map(name => [name, 'hostname'] as const),
  ...['user', 'login', 'account'].map(name => [name, 'username'] as const),
  ...['pass', 'passwd', 'pwd', 'secret'].map(name => [name, 'password'] as const),
  ...['auth', 'authentication', 'credentials'].map(name => [name, 'username and password'] as const),
  ...['secure', 'tls', 'ssl', 'starttls', 'requiretls', 'ignoretls', 'encryption'].map(
    name => [name, 'security'] as const,
  ),
]);

/**
 * What is meant for the smarthost and has no name that we know. A name that nobody would expect is not told: it may be
 * a password in the wrong place.
 */
export function unknownOfSmarthost(properties: Readonly<Record<string, Json>>): readonly Problem[] {
  const known = `known are ${members.join(', ')}`;
  const {smarthost} = properties;
  const names = isJsonObject(smarthost)
    ? Object.keys(smarthost).filter(name => !members.some(member => member === name))
    : [];
  const nearly = Object.keys(properties).some(isNearlySmarthost);
  return [
    ...names.slice(0, members.length * 2).map(name => {
      const right = otherNames.get(name.slice(0, 20).toLowerCase().replace(/[-_ ]/g, ''));
      return right === undefined
        ? {path: 'smarthost', problem: `has a member that is unknown; ${known}`}
        : {path: `smarthost.${name.slice(0, 20)}`, problem: `is unknown: call it ${right}`};
    }),
    ...(nearly
      ? [{path: '', problem: `has a property that is nearly called smarthost; in smarthost ${known}`}]
      : []),
  ];
}
