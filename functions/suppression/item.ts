// An entry of the suppression list as an item of DynamoDB.

import type {AttributeValue} from '@aws-sdk/client-dynamodb';
import {reasonFor, type SuppressionEntry} from '../../shared/delivery/suppression/entry.ts';
import {stateExpiry, suppressionKey} from '../../shared/names.ts';

export type Item = Readonly<Record<string, AttributeValue>>;

const numberOf = (value: number): AttributeValue => ({N: String(value)});
/** Never a second early. */
const expirySecondsOf = (ms: number): AttributeValue => numberOf(Math.ceil(ms / 1000));
export const secondsOf = (ms: number): AttributeValue => numberOf(Math.floor(ms / 1000));

export const itemOf = ({who, reason, source, timeMs, code, status, expiresMs, count}: SuppressionEntry) => ({
  [suppressionKey]: {S: who},
  reason: {S: reason},
  source: {S: source},
  time: secondsOf(timeMs),
  count: numberOf(count),
  ...(code !== undefined && {code: numberOf(code)}),
  ...(status !== undefined && {status: {S: status}}),
  ...(expiresMs !== undefined && {[stateExpiry]: expirySecondsOf(expiresMs)}),
});

/** What another hand has written is read as far as it can be: an entry without a reason is an entry. */
export function entryOf(item: Item): SuppressionEntry | undefined {
  const who = item[suppressionKey]?.S;
  if (who === undefined) return undefined;
  const number = (name: string) => (item[name]?.N === undefined ? undefined : Number(item[name].N));
  const [code, expires] = [number('code'), number(stateExpiry)];
  const status = item.status?.S;
  return {
    who,
    reason: reasonFor(item.reason?.S ?? ''),
    source: item.source?.S ?? 'unknown',
    timeMs: (number('time') ?? 0) * 1000,
    count: number('count') ?? 0,
    ...(code !== undefined && {code}),
    ...(status !== undefined && {status}),
    ...(expires !== undefined && {expiresMs: expires * 1000}),
  };
}
