// Keys in JSON: an object, a list, or an object in each line. Members have MailerQ's names: those of the property `dkim` of
// messages, and those of its table of keys.

import {isPublishable, parseSelector, parseSigningDomain} from '../../../shared/dkim/key-name.ts';
import {isJsonObject} from '../../../shared/json.ts';
import type {Found, FoundKey, FoundProblem} from './found-key.ts';

export const isJson = (text: string): boolean => /^\s*[[{]/.test(text);

const keyMembers = ['key', 'privatekey', 'private_key'] as const;

export function parseKeyJson(text: string, path: string): Found {
  const keys: FoundKey[] = [];
  const problems: FoundProblem[] = [];
  for (const {where, value} of itemsOf(text, path)) {
    const item = value === undefined ? {problem: 'is no JSON'} : keyOf(value);
    if ('problem' in item) problems.push({where, problem: item.problem});
    else keys.push({where, ...item});
  }
  return {keys, problems, warnings: []};
}

interface Item {
  readonly where: string;
  /** Undefined where it is no JSON. */
  readonly value: unknown;
}

function itemsOf(text: string, path: string): readonly Item[] {
  const whole = jsonOf(text);
  if (Array.isArray(whole)) return whole.map((value, at) => ({where: `${path}, key ${at + 1}`, value}));
  if (whole !== undefined) return [{where: path, value: whole}];
  const lines = text.split('\n').flatMap((line, at) => (line.trim() === '' ? [] : [{line, number: at + 1}]));
  const items = lines.map(({line, number}) => ({where: `${path}:${number}`, value: jsonOf(line)}));
  // What is not JSON at all has one problem, and not one in each line.
  return isJsonObject(items[0]?.value) ? items : [{where: path, value: undefined}];
}

/** V8's words quote the text. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function keyOf(value: unknown): Omit<FoundKey, 'where'> | {readonly problem: string} {
  if (!isJsonObject(value)) return {problem: 'must be an object with domain, selector and key'};
  const {domain, selector} = value;
  const text = keyMembers
    .map(member => value[member])
    .find(member => member !== undefined && member !== null);
  if (typeof domain !== 'string' || typeof selector !== 'string' || typeof text !== 'string')
    return {problem: 'must have domain, selector and key (or privatekey), each a string'};
  const parsed = {domain: parseSigningDomain(domain), selector: parseSelector(selector)};
  if (!parsed.domain.ok) return {problem: `has a domain that ${parsed.domain.problem}`};
  if (!parsed.selector.ok) return {problem: `has a selector that ${parsed.selector.problem}`};
  const name = {domain: parsed.domain.value, selector: parsed.selector.value};
  return isPublishable(name)
    ? {...name, text}
    : {problem: 'has domain and selector too long together for the DNS'};
}
