// Which entries are meant: by reason, source, time and domain.

import type {Command} from 'commander';
import {InvalidArgumentError} from 'commander';
import {isIn, wildcardOf} from '../../shared/classes/wildcard.ts';
import type {SuppressionEntry} from '../../shared/delivery/suppression/entry.ts';
import {parseSubject} from '../../shared/delivery/suppression/subject.ts';
import {pastOf} from './moment.ts';

export interface FilterOptions {
  readonly reason?: string;
  readonly source?: string;
  readonly domain?: string;
  readonly since?: number;
  readonly until?: number;
}

const domainOf = (text: string): string => {
  const subject = parseSubject(`@${text.replace(/^@/, '')}`);
  if (subject.ok) return subject.value;
  throw new InvalidArgumentError('A domain such as example.org is wanted.');
};

export const withFilter = (command: Command): Command =>
  command
    .option('--reason <pattern>', 'those with this in their code, status and reason; * stands for anything')
    .option('--source <name>', 'those of a source: bounce, manual, ses, postmark, …')
    .option('--domain <name>', 'those of a domain: its addresses, and itself', domainOf)
    .option('--since <time>', 'those that were added since: a time in UTC, or 7d', pastOf(Date.now))
    .option('--until <time>', 'those that were added until then', pastOf(Date.now));

export const isFiltered = (options: FilterOptions): boolean =>
  [options.reason, options.source, options.domain, options.since, options.until].some(
    each => each !== undefined,
  );

export function isMeant(
  {who, reason, code, status, source, timeMs}: SuppressionEntry,
  {reason: pattern, source: wanted, domain, since, until}: FilterOptions,
): boolean {
  if (wanted !== undefined && source !== wanted) return false;
  if (domain !== undefined && who !== domain && !who.endsWith(`@${domain}`)) return false;
  if (since !== undefined && timeMs < since) return false;
  if (until !== undefined && timeMs > until) return false;
  if (pattern === undefined) return true;
  return isIn([code, status, reason].filter(Boolean).join(' ').toLowerCase(), wildcardOf(pattern));
}
