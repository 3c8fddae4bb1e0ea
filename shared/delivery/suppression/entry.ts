// An entry of the suppression list, and when it counts.

import {printable} from '../../smtp/reply.ts';

export interface SuppressionEntry {
  /** The key of an address or a domain. */
  readonly who: string;
  readonly reason: string;
  /** Who has put it there: `bounce` is the pipeline. */
  readonly source: string;
  readonly timeMs: number;
  readonly code?: number;
  readonly status?: string;
  /** When it stops to count; absent is never. */
  readonly expiresMs?: number;
  /** Hard bounces that were seen since it is there. */
  readonly count: number;
}

export const bounceSource = 'bounce';

/** With it an item takes up less than 1 KB, which is one write unit of DynamoDB. */
const longestReason = 300;

export const reasonFor = (text: string): string =>
  printable(text).trim().slice(0, longestReason).toWellFormed();

/** DynamoDB deletes what has expired some days later. */
export const isOver = ({expiresMs}: SuppressionEntry, nowMs: number): boolean =>
  expiresMs !== undefined && expiresMs <= nowMs;

/**
 * Bounces are counted, and suppress from a number on. Whatever else is in the list counts at once.
 * @param after how many it takes; where no bounce is to suppress any more, those that did still do
 */
export const suppresses = (entry: SuppressionEntry, after: number, nowMs: number): boolean =>
  !isOver(entry, nowMs) && (entry.source !== bounceSource || entry.count >= Math.max(after, 1));
