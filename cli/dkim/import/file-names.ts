// Whose key a file has, by its name: rspamd's `$domain.$selector.key`, the `SELECTOR.private` of opendkim-genkey in a folder of
// its domain, or a pattern of one's own. Where a name may be read in two ways, nothing is guessed.

import {basename, resolve} from 'node:path';
import {
  isPublishable,
  type KeyName,
  parseSelector,
  parseSigningDomain,
} from '../../../shared/dkim/key-name.ts';
import {type Parsed, right, wrong} from '../../../shared/parsed.ts';

export interface NameOptions {
  /** What is typed counts before what names say. */
  readonly domain?: string | undefined;
  readonly selector?: string | undefined;
  /** `DOMAIN.SELECTOR.key`. */
  readonly names?: string | undefined;
}

const genkeyNames = 'DOMAIN/SELECTOR.private';
const keyFile = /\.(?:key|pem|private)$/i;

/** Files with other names in a folder of keys: records, public halves, notes. */
export const isKeyFile = (path: string, {names}: NameOptions): boolean =>
  names === undefined ? keyFile.test(path) : patternOf(names).test(resolve(path));

/** @returns why it is no pattern */
export function namesProblem(names: string): string | undefined {
  const count = (word: string) => names.split(word).length - 1;
  if (count('DOMAIN') > 1 || count('SELECTOR') > 1 || count('DOMAIN') + count('SELECTOR') === 0)
    return 'wants DOMAIN and SELECTOR in it, as in DOMAIN.SELECTOR.key';
  return undefined;
}

/** A selector between dots is one label; a domain has what is left. */
const patternOf = (names: string): RegExp => {
  const source = names
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replace('DOMAIN', '(?<domain>[^/]+)')
    .replace('SELECTOR', '(?<selector>[^/]+?)');
  return new RegExp(`(?:^|/)${source}$`, 'u');
};

/** @param path undefined for stdin */
export function keyNameOfFile(path: string | undefined, options: NameOptions): Parsed<KeyName> {
  const named = path === undefined ? {} : namesIn(path, options);
  const domain = options.domain ?? named.domain;
  const selector = options.selector ?? named.selector;
  if (domain === undefined) return wrong('does not say of which domain it is: name it with --domain');
  if (selector === undefined)
    return wrong(
      'does not say which selector it has: name it with --selector, or say with --names DOMAIN.SELECTOR.key what names are made of',
    );
  const parsed = {domain: parseSigningDomain(domain), selector: parseSelector(selector)};
  if (!parsed.domain.ok) return wrong(`has a name whose domain ${parsed.domain.problem}`);
  if (!parsed.selector.ok) return wrong(`has a name whose selector ${parsed.selector.problem}`);
  const name = {domain: parsed.domain.value, selector: parsed.selector.value};
  return isPublishable(name) ? right(name) : wrong('has domain and selector too long together for the DNS');
}

function namesIn(path: string, {domain, selector, names}: NameOptions): Partial<KeyName> {
  const full = resolve(path);
  if (names !== undefined) return {...patternOf(names).exec(full)?.groups};
  const base = basename(full).replace(keyFile, '');
  // `example.org.dkim.key` or `example.org.key` of the selector dkim.
  if (selector !== undefined)
    return {domain: base.endsWith(`.${selector}`) ? base.slice(0, -selector.length - 1) : base};
  // `example.org.dkim.key` or `dkim.private` of the domain example.org.
  if (domain !== undefined)
    return {selector: base.startsWith(`${domain}.`) ? base.slice(domain.length + 1) : base};
  return {...patternOf(genkeyNames).exec(full)?.groups};
}
