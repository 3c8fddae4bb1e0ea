// Whom or what is traced, and how it is looked for in the log: in CloudWatch's pattern language and in that of Logs Insights.

import {loggedAddressOf} from '../../shared/delivery/outcome-line.ts';
import {parseMailbox} from '../../shared/smtp/address.ts';
import {UsageError} from '../command/problems.ts';

export interface Traced {
  /** The field of the log. */
  readonly by: 'id' | 'recipient';
  readonly value: string;
}

/** @throws UsageError */
export function tracedOf(text: string): Traced {
  if (text.includes('@')) {
    const mailbox = parseMailbox(text);
    if (mailbox.ok) return {by: 'recipient', value: loggedAddressOf(mailbox.value)};
    throw new UsageError(`${JSON.stringify(text)} ${mailbox.problem}`);
  }
  // An asterisk would stand for anything.
  if (/^[!-)+-~]{1,80}$/.test(text)) return {by: 'id', value: text};
  throw new UsageError('an ID as results have it in relayq.id is wanted, or a recipient');
}

export const patternOf = ({by, value}: Traced): string => `{ $.${by} = ${quoted(value)} }`;

export const queryOf = ({by, value}: Traced): string =>
  `fields @timestamp, @message | filter ${by} = ${quoted(value)} | sort @timestamp desc | limit ${mostRows}`;

/** Logs Insights gives no more. */
export const mostRows = 10_000;

/** What happened to the lanes and receivers of messages while they waited. Undefined where it is too long to ask for. */
export function surroundingsPatternOf(lanes: readonly string[]): string | undefined {
  if (lanes.length === 0) return undefined;
  const receivers = new Set(lanes.map(receiverOf));
  const conditions = [
    ...lanes.map(lane => `($.message = "lane hidden*" && $.lane = ${quoted(lane)})`),
    ...[...receivers].map(name => `($.message = "receiver is*" && $.receiver = ${quoted(name)})`),
  ];
  const pattern = `{ ${conditions.join(' || ')} }`;
  return pattern.length <= longestPattern ? pattern : undefined;
}

/** FilterLogEvents, filterPattern. */
const longestPattern = 1024;

/** A lane's name is its receiver's, and perhaps a number. */
export const receiverOf = (lane: string): string => lane.replace(/#\d+$/, '');

/** As patterns and queries have texts. */
export const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
