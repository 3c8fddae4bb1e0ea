// What the log says when a receiver changes its state: once, by the environment that has written it.

import type {LogLine} from '../../log-line.ts';
import {utcTimeOf} from '../../utc-time.ts';
import type {Entry} from './entry.ts';

export type ReceiverState = 'up' | 'slow' | 'down';

export const stateOf = (entry: Entry | undefined): ReceiverState =>
  entry?.down ? 'down' : entry?.slow ? 'slow' : 'up';

export function changeLine(
  receiver: string,
  before: Entry | undefined,
  after: Entry | undefined,
): LogLine | undefined {
  const [from, to] = [stateOf(before), stateOf(after)];
  if (from === to) return undefined;
  const {reason, down, slow, probe} = after ?? {};
  const sinceMs = down?.sinceMs ?? slow?.sinceMs;
  return {
    level: to === 'up' ? 'info' : 'warn',
    message: `receiver is ${to}`,
    fields: {
      receiver,
      before: from,
      ...(to !== 'up' && {reason}),
      ...(sinceMs !== undefined && {since: utcTimeOf(sinceMs)}),
      ...(probe && {nextProbe: utcTimeOf(probe.dueMs)}),
    },
  };
}
