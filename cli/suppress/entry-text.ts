// Entries for people, and as the documents that `--json` prints.

import {
  bounceSource,
  isOver,
  type SuppressionEntry,
  suppresses,
} from '../../shared/delivery/suppression/entry.ts';
import {isAddress} from '../../shared/delivery/suppression/subject.ts';
import {printable} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';

/** What decides whether an entry counts. */
export interface Standing {
  /** How many hard bounces suppress an address. */
  readonly after: number;
  readonly nowMs: number;
}

export const stateOf = (
  entry: SuppressionEntry,
  {after, nowMs}: Standing,
): 'suppressed' | 'counted' | 'expired' => {
  if (isOver(entry, nowMs)) return 'expired';
  return suppresses(entry, after, nowMs) ? 'suppressed' : 'counted';
};

export const entryDocument = (entry: SuppressionEntry, standing: Standing) => {
  const {who, reason, source, timeMs, code, status, expiresMs, count} = entry;
  return {
    who,
    kind: isAddress(who) ? 'address' : 'domain',
    state: stateOf(entry, standing),
    reason,
    source,
    time: timeText(timeMs, false),
    ...(code !== undefined && {code}),
    ...(status !== undefined && {status}),
    ...(expiresMs !== undefined && {expires: timeText(expiresMs, false)}),
    count,
  };
};

const title = ['WHO', 'STATE', 'SINCE', 'SOURCE', 'BOUNCES', 'EXPIRES', 'REASON'] as const;

export function entryLines(
  entries: readonly SuppressionEntry[],
  standing: Standing,
  isLocal: boolean,
): readonly string[] {
  if (entries.length === 0) return [];
  const rows = entries.map(entry => [
    printable(entry.who),
    stateText(entry, standing),
    timeText(entry.timeMs, isLocal),
    printable(entry.source),
    String(entry.count),
    entry.expiresMs === undefined ? '-' : timeText(entry.expiresMs, isLocal),
    printable([entry.code, entry.status, entry.reason].filter(Boolean).join(' ')),
  ]);
  const widths = title.map((text, at) => Math.max(text.length, ...rows.map(row => row[at]!.length)));
  return [title, ...rows].map(cells =>
    cells
      .map((cell, at) => cell.padEnd(widths[at]!))
      .join('  ')
      .trimEnd(),
  );
}

const stateText = (entry: SuppressionEntry, standing: Standing): string => {
  const state = stateOf(entry, standing);
  const isBounce = entry.source === bounceSource;
  return state === 'counted' && isBounce ? `${entry.count} of ${Math.max(standing.after, 1)}` : state;
};
