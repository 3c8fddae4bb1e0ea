// OpenDKIM's KeyTable and SigningTable: lines of a name and a value (opendkim.conf(5)).

import {type KeyName, parseSelector, parseSigningDomain} from '../../../shared/dkim/key-name.ts';

const keyLine = /^(\S+)\s+([^:\s]+):([^:\s]+):(.+)$/;

/** The domain of whoever sends. */
const anyDomain = '%';

const isComment = (line: string): boolean => line === '' || line.startsWith('#');

const linesOf = (text: string) =>
  text.split('\n').flatMap((each, index) => {
    const line = each.trim();
    return isComment(line) ? [] : [{line, number: index + 1}];
  });

/** PEM is not taken for one, nor base64. */
export const isKeyTable = (text: string): boolean => {
  const [first] = linesOf(text);
  return first !== undefined && keyLine.test(first.line);
};

export type TableKey = {readonly line: number} & (
  | ({readonly path: string} & KeyName)
  | ({readonly text: string} & KeyName)
  | {readonly problem: string}
);

/** @param domains of the names of the table, where there is a SigningTable */
export function parseKeyTable(
  text: string,
  domains: ReadonlyMap<string, readonly string[]> | undefined,
): readonly TableKey[] {
  return linesOf(text).flatMap(({line, number}): readonly TableKey[] => {
    const [, name = '', domain = '', selectorText = '', given = ''] = keyLine.exec(line) ?? [];
    if (name === '') return [{line: number, problem: 'must be NAME DOMAIN:SELECTOR:KEY'}];
    const selector = parseSelector(selectorText);
    if (!selector.ok) return [{line: number, problem: `has a selector that ${selector.problem}`}];
    if (domain === anyDomain && domains === undefined)
      return [{line: number, problem: 'has % for a domain: name the SigningTable with --signing-table'}];
    const wanted = domain === anyDomain ? (domains?.get(name) ?? []) : [domain];
    if (wanted.length === 0)
      return [{line: number, problem: 'is of a name that the SigningTable does not have'}];
    return wanted.map((each): TableKey => {
      const parsed = parseSigningDomain(each);
      if (!parsed.ok) return {line: number, problem: `has a domain that ${parsed.problem}`};
      const keyName = {domain: parsed.value, selector: selector.value};
      // "If the third value starts with a slash, or "./" or "../", then it is presumed to refer to a file".
      return /^\.{0,2}\//.test(given)
        ? {line: number, path: given.replaceAll(anyDomain, parsed.value), ...keyName}
        : {line: number, text: given, ...keyName};
    });
  });
}

/** By the name of the key, the domains that it signs for; without those that stand for many. */
export function domainsOfSigningTable(text: string): ReadonlyMap<string, readonly string[]> {
  const domains = new Map<string, Set<string>>();
  for (const {line} of linesOf(text)) {
    const [pattern = '', name = ''] = line.split(/\s+/);
    const domain = pattern.slice(pattern.lastIndexOf('@') + 1);
    if (name === '' || !parseSigningDomain(domain).ok) continue;
    domains.set(name, (domains.get(name) ?? new Set()).add(domain));
  }
  return new Map([...domains].map(([name, of]) => [name, [...of]]));
}
