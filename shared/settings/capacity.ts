// How much a receiving host is given at a time: the capacity of a queue, from the settings below `capacity/`.

import {isJsonObject} from '../json.ts';
import type {Parsed} from '../parsed.ts';
import {parseWholeNumber} from '../whole-number.ts';

export interface Capacity {
  /** Connections at the same time: the queue has as many lanes. */
  readonly connections: number;
  readonly messagesPerConnection: number;
  /** Seconds. */
  readonly connectTimeout: number;
  /** Seconds that a connection may wait for the next batch in a warm environment, beside those in use. */
  readonly idleSeconds: number;
  /** Absent, or 0, is no limit. */
  readonly messagesPerMinute?: number;
}

const ranges: Readonly<Record<keyof Capacity, readonly [number, number]>> = {
  connections: [1, 1000],
  messagesPerConnection: [1, 1_000_000],
  connectTimeout: [1, 300],
  idleSeconds: [0, 300],
  messagesPerMinute: [0, 1_000_000],
};

/** Other people's servers count every connection of ours, idle ones too; a smarthost is there for us. */
export const defaultCapacity: Readonly<Record<'domain' | 'smarthost', Capacity>> = {
  domain: {connections: 2, messagesPerConnection: 100, connectTimeout: 30, idleSeconds: 0},
  smarthost: {connections: 10, messagesPerConnection: 1000, connectTimeout: 30, idleSeconds: 60},
};

/** Reads the JSON of one parameter: any of the members, the others as by default. */
export function parseCapacity(text: string): Parsed<Partial<Capacity>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  if (!isJsonObject(json)) return {ok: false, problem: 'must be JSON such as {"connections": 5}'};
  const problems = Object.entries(json).flatMap(([name, value]) => {
    // Its name is not quoted: who has pasted something else here may have pasted a password.
    if (!Object.hasOwn(ranges, name))
      return [`has an unknown member; known are ${Object.keys(ranges).join(', ')}`];
    // JSON has numbers: digits in quotes are a slip.
    const number = parseWholeNumber(
      typeof value === 'number' ? value : undefined,
      ...ranges[name as keyof Capacity],
    );
    return number.ok ? [] : [`has ${name}, which ${number.problem}`];
  });
  if (problems.length > 0) return {ok: false, problem: [...new Set(problems)].join('; ')};
  return {ok: true, value: json};
}
