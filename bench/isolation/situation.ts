// What the others do to a healthy domain's mail: a thousand domains, of which some are in trouble and have mail queued,
// and then mail to the healthy ones, at an even pace. Pure.

import type {DomainTrouble} from '../bench-options.ts';
import {domainName} from '../internet/domains.ts';

export interface Situation {
  /** undefined: all is well. */
  readonly trouble: DomainTrouble | undefined;
  /** How many domains are in it. */
  readonly troubled: number;
}

export interface Parcel {
  readonly recipient: string;
  readonly domain: number;
}

export const domains = 1000;
export const messagesPerSecond = 40;
/** What a dead or slow domain has queued when the healthy mail begins, and what flooded ones have together. */
export const queuedEach = 20;
export const flood = 2000;

const parcelOf = (name: string, domain: number): Parcel => ({
  recipient: `${name}@${domainName(domain)}`,
  domain,
});

/** Domain after domain, again and again. */
export function queuedOf({trouble, troubled}: Situation): readonly Parcel[] {
  const count = trouble === undefined ? 0 : trouble === 'flooded' ? flood : queuedEach * troubled;
  return Array.from({length: count}, (_, index) => parcelOf(`queued${index}`, index % troubled));
}

/** Spread over the healthy domains. The factor has no divisor in common with their number. */
export function healthyOf({troubled}: Situation, count: number, name = 'healthy'): readonly Parcel[] {
  const healthy = domains - troubled;
  return Array.from({length: count}, (_, index) =>
    parcelOf(`${name}${index}`, troubled + ((index * 7919) % healthy)),
  );
}

export const situationsOf = (
  troubles: readonly DomainTrouble[],
  troubled: readonly number[],
): readonly Situation[] => [
  {trouble: undefined, troubled: 0},
  ...troubles.flatMap(trouble => troubled.map(count => ({trouble, troubled: count}))),
];
