// Results for people: a line for each, and the counts.

import {type Fate, fates} from '../../shared/delivery/result.ts';
import {printable} from '../terminal/printable.ts';
import type {Result} from './await-results.ts';

export function resultLine({fate, recipient, entry}: Result): string {
  const {code, status, description, mta} = entry;
  const parts = [
    fate.padEnd(8),
    recipient,
    [code, status].filter(part => part !== undefined).join(' '),
    description,
    mta === undefined ? '' : `(${mta})`,
  ];
  return printable(parts.filter(part => part !== undefined && part !== '').join('  '));
}

export function countsLine(counts: ReadonlyMap<Fate, number>, missing: number): string {
  const parts = fates.filter(fate => counts.has(fate)).map(fate => `${counts.get(fate)} ${fate}`);
  if (missing > 0) parts.push(`${missing} without a final result`);
  return parts.join(', ');
}
