// Who logs in at a smarthost or a sink: a user name and a password, both or neither.

import {type Parsed, right, wrong} from '../parsed.ts';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

/** What came of a pair: without one of the two there are no credentials, and the other is missing. */
export interface CredentialPair {
  readonly credentials?: Credentials;
  readonly missingCredential?: keyof Credentials;
}

export const parseCredential = (value: unknown): Parsed<string> =>
  typeof value === 'string' && value !== '' && !/\p{Cc}/u.test(value)
    ? right(value)
    : wrong('must be a text without control characters');

/** Empty means unset. */
export function pairOf(username: string | undefined, password: string | undefined): CredentialPair {
  if (username && password) return {credentials: {username, password}};
  if (username) return {missingCredential: 'password'};
  return password ? {missingCredential: 'username'} : {};
}
