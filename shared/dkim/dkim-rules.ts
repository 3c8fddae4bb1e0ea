// Which mail of a stage is signed: the setting `dkim-rules`. A rule says of which From domains, and with which stored keys.

import {type Parsed, right, wrong} from '../parsed.ts';
import {type KeyName, parseSelector, parseSigningDomain} from './key-name.ts';

/** Of the stored keys of a domain: one of them, or all. */
export type StoredKeys = Pick<KeyName, 'domain'> & Partial<KeyName>;

export interface DkimRule {
  /** A domain; the part behind `*.`, for all domains below it; or undefined for every domain. */
  readonly from: string | undefined;
  readonly isBelow: boolean;
  /** Undefined for those of the From domain itself, where it has any. */
  readonly keys: StoredKeys | undefined;
}

const form = 'must be rules such as example.org, *.example.org=example.org/2026a, or *';

/** `FROM`, or `FROM=DOMAIN`, or `FROM=DOMAIN/SELECTOR`. */
export function parseDkimRule(text: string): Parsed<DkimRule> {
  const [left = '', right_, ...more] = text.split('=').map(part => part.trim());
  if (more.length > 0) return wrong(form);
  const keys = right_ === undefined ? undefined : parseKeys(right_);
  if (keys && !keys.ok) return keys;
  if (left === '*') return right({from: undefined, isBelow: false, keys: keys?.value});
  const isBelow = left.startsWith('*.');
  const from = parseSigningDomain(isBelow ? left.slice(2) : left);
  if (!from.ok) return wrong(form);
  return right({from: from.value, isBelow, keys: keys?.value ?? {domain: from.value}});
}

function parseKeys(text: string): Parsed<StoredKeys> {
  const [name = '', selectorName, ...more] = text.split('/');
  const domain = parseSigningDomain(name);
  const selector = selectorName === undefined ? undefined : parseSelector(selectorName);
  if (!domain.ok || selector?.ok === false || more.length > 0) return wrong(form);
  return right({domain: domain.value, ...(selector && {selector: selector.value})});
}

export const isFor = ({from, isBelow}: DkimRule, domain: string): boolean =>
  from === undefined || (isBelow ? domain.endsWith(`.${from}`) : domain === from);
