// The classes of failures that are known for a fact, and of those without a reply. They need no words.

import type {Fact} from '../smtp/fact.ts';
import type {BounceClass} from './bounce-class.ts';

export const factClasses: Readonly<Record<Fact, BounceClass>> = {
  // The domain takes no mail: RFC 3463 3.2 (X.1.2), RFC 7505 4.1 (X.1.10), RFC 3463 3.5 (X.4.4).
  'no-such-domain': 'domain',
  'null-mx': 'domain',
  'no-address': 'domain',
  // Its MX records lead to addresses that are no public ones.
  'private-address': 'domain',
  // Nobody knows whether the name is there: RFC 3463 3.5 (X.4.3).
  'dns-unavailable': 'dns',
  'no-such-relay': 'dns',
  // TLS is a demand: of the settings, of the recipient domain (RFC 8461, RFC 7672), or of whoever gives the credentials. Without
  // the demand the message would have gone.
  'mx-not-in-policy': 'policy',
  'tls-unavailable': 'policy',
  'tls-failed': 'policy',
  // RFC 4954 6.
  'auth-not-offered': 'auth',
  'auth-needs-tls': 'auth',
  'authentication-wanted': 'auth',
  'server-full': 'rate',
  // It is there, and this function has no way to it.
  'out-of-reach': 'network',
  // The server was too slow for the function's time.
  'out-of-time': 'network',
  // The message is not as the server takes it: RFC 1870 (size), and RFC 3463 3.7 (X.6.3, X.6.7) for its form.
  'too-large': 'content',
  'smtputf8-not-offered': 'content',
  '8bitmime-not-offered': 'content',
  // RFC 5321 4.2.2: 555.
  'parameter-refused': 'protocol',
};
