// The smarthost of a message: an object with a hostname, or a URL.

import * as v from 'valibot';
import {wrong} from '../parsed.ts';
import {pairOf, parseCredential} from '../smtp/credentials.ts';
import {securityLevels} from '../smtp/security.ts';
import {defaultSmtpPort, isUrl, parseHosts, parseRelayUrl, type Relay} from '../smtp/smarthost.ts';
import {parsedBy, wholeNumber, word} from './value-schemas.ts';

const credential = parsedBy(parseCredential);

/** Hosts, or a URL that holds all of the relay but the TLS level. */
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
