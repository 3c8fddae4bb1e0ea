// Where a key is published: selector and domain, in lower case and A-labels (RFC 6376 3.6.2.1, RFC 8616).

import {type Parsed, right, wrong} from '../parsed.ts';
import {parseHostname} from '../smtp/address.ts';

export interface KeyName {
  readonly domain: string;
  readonly selector: string;
}

export const parseSigningDomain = (text: string): Parsed<string> =>
  parseHostname(text).ok ? parseHostname(text) : wrong('must be a domain such as example.org');

/** Labels with dots between them. Any of them may be a number, unlike in host names. */
export function parseSelector(text: string): Parsed<string> {
  const parsed = parseHostname(`${text}.x`);
  return parsed.ok ? right(parsed.value.slice(0, -2)) : wrong('must be a name such as 2026a');
}

/** Where the public half is in the DNS. */
export const recordNameOf = ({domain, selector}: KeyName): string => `${selector}._domainkey.${domain}`;

/** RFC 1035 2.3.4, without the root. */
export const isPublishable = (name: KeyName): boolean => recordNameOf(name).length <= 253;
