// Which lines are wanted, in CloudWatch's pattern language: what is not wanted does not leave AWS.

import type {Fate} from '../../shared/delivery/result.ts';
import {parseHost} from '../../shared/smtp/address.ts';
import {UsageError} from '../command/problems.ts';

export interface LogFilter {
  readonly domain?: string;
  readonly id?: string;
  readonly fate?: Fate;
}

/** @returns undefined for all lines. @throws UsageError */
export function filterPatternOf({domain, id, fate}: LogFilter): string | undefined {
  const conditions = [
    ...(domain === undefined ? [] : [`$.domain = ${quoted(domainOf(domain))}`]),
    ...(id === undefined ? [] : [`$.id = ${quoted(idOf(id))}`]),
    ...(fate === undefined ? [] : [conditionOf(fate)]),
  ];
  return conditions.length === 0 ? undefined : `{ ${conditions.join(' && ')} }`;
}

/** Attempts have a fate. What ends without one has a line of its own. */
const conditionOf = (fate: Fate): string =>
  `($.fate = ${quoted(fate)} || $.message = ${quoted(`message ${fate}`)})`;

function domainOf(text: string): string {
  const host = parseHost(text);
  if (host.ok) return host.value;
  throw new UsageError(`--domain ${host.problem}`);
}

function idOf(text: string): string {
  if (/^[!-~]{1,80}$/.test(text)) return text;
  throw new UsageError('--id: an id as results have it in relayq.id is wanted');
}

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
