// Domains and selectors as people type them.

import {isPublishable, type KeyName, parseSelector, parseSigningDomain} from '../../shared/dkim/key-name.ts';
import {UsageError} from '../command/problems.ts';
import type {StoredKey} from './stored-key.ts';

// What is wrong is not quoted: it may be a key in the wrong place.
const longestQuoted = 253;
const quoted = (text: string): string =>
  text.length <= longestQuoted && /^[!-~\u00a0-\u{10ffff}]*$/u.test(text) ? JSON.stringify(text) : 'that';

export function domainOf(text: string): string {
  const parsed = parseSigningDomain(text);
  if (parsed.ok) return parsed.value;
  throw new UsageError(`the domain ${quoted(text)} ${parsed.problem}`);
}

export function selectorOf(text: string): string {
  const parsed = parseSelector(text);
  if (parsed.ok) return parsed.value;
  throw new UsageError(`the selector ${quoted(text)} ${parsed.problem}`);
}

export function keyNameOf(domain: string, selector: string): KeyName {
  const name = {domain: domainOf(domain), selector: selectorOf(selector)};
  if (isPublishable(name)) return name;
  throw new UsageError('domain and selector are too long together for the DNS');
}

/** More in one month are somebody's experiment. */
const mostInMonth = 1000;

/**
 * `relayq-2026-11`, and then `relayq-2026-11-2`: never one that a key of the domain has, or has had and still shows in the DNS.
 * @param isPublished whether the DNS has something there
 */
export async function freeSelector(
  keys: readonly StoredKey[],
  nowMs: number,
  isPublished: (selector: string) => Promise<boolean>,
): Promise<string> {
  const taken = new Set(keys.map(({selector}) => selector.toLowerCase()));
  const month = new Date(nowMs).toISOString().slice(0, 7);
  for (let count = 1; count <= mostInMonth; count += 1) {
    const selector = `relayq-${month}${count === 1 ? '' : `-${count}`}`;
    if (!taken.has(selector) && !(await isPublished(selector))) return selector;
  }
  throw new UsageError('all default selectors of this month are taken: name one with --selector');
}
