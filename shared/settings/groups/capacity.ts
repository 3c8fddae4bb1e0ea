// How much a receiver is given at a time: the parameters below `capacity/`.

import {isJsonObject} from '../../json.ts';
import {type Parsed, parseWholeNumber, right, wrong} from '../../parsed.ts';
import {parseHost} from '../../smtp/address.ts';
import {largestFlight} from '../../smtp/flight-window.ts';
import type {PrefixGroup} from '../setting-group.ts';

export interface Capacity {
  /** Connections at the same time: the receiver has as many lanes. */
  readonly connections: number;
  readonly messagesPerConnection: number;
  /** How many messages of a connection may be without a reply, where the server takes texts by BDAT; 1 is DATA. */
  readonly messagesPerFlight: number;
  /** Seconds. */
  readonly connectTimeout: number;
  /** Seconds that a connection may wait for the next batch in a warm environment, beside those in use. */
  readonly idleSeconds: number;
  /** How many may wait in all environments together. Where it is absent, `shared/delivery/idle-bound.ts` says how many. */
  readonly idleConnections?: number;
  /** Absent, or 0, is no limit. */
  readonly messagesPerMinute?: number;
}

/**
 * By recipient domain, or the host name of a message's own smarthost; `default` is for every domain, and `smarthost`
 * for the queue `(smarthost)`, as SSM allows no parentheses in a name.
 */
export const capacity: PrefixGroup<Partial<Capacity>> = {
  prefix: 'capacity/',
  keyOf: rest => {
    const host = parseHost(rest);
    return host.ok ? host : wrong('must end in default, smarthost, or the name of a domain or host');
  },
  read: (reader, name) => reader.parsed(name, parseCapacity),
};

/**
 * A batch has ten messages. A new connection takes four flights for them whether it may have four messages in one or ten:
 * 1, 2, 4 and 3. Connections to domains are not kept. One that is kept takes one flight.
 *
 * Other people's servers count each connection, also an idle one; a smarthost is there for us.
 */
export const defaultCapacity: Readonly<Record<'domain' | 'smarthost', Capacity>> = {
  domain: {
    connections: 2,
    messagesPerConnection: 100,
    messagesPerFlight: 4,
    connectTimeout: 30,
    idleSeconds: 0,
  },
  smarthost: {
    connections: 10,
    messagesPerConnection: 1000,
    messagesPerFlight: 10,
    connectTimeout: 30,
    idleSeconds: 60,
  },
};

const ranges: Readonly<Record<keyof Capacity, readonly [number, number]>> = {
  connections: [1, 1000],
  messagesPerConnection: [1, 1_000_000],
  messagesPerFlight: [1, largestFlight],
  connectTimeout: [1, 300],
  idleSeconds: [0, 300],
  idleConnections: [0, 1000],
  messagesPerMinute: [0, 1_000_000],
};

export function parseCapacity(text: string): Parsed<Partial<Capacity>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  if (!isJsonObject(json)) return wrong('must be JSON such as {"connections": 5}');
  const problems = Object.entries(json).flatMap(([name, value]) => {
    // The name is not quoted: somebody may have pasted a password here.
    if (!Object.hasOwn(ranges, name))
      return [`has an unknown member; known are ${Object.keys(ranges).join(', ')}`];
    const [least, most] = ranges[name as keyof Capacity];
    // Digits in quotes are no number in JSON.
    const number = parseWholeNumber(typeof value === 'number' ? value : undefined, least, most);
    return number.ok ? [] : [`has ${name}, which ${number.problem}`];
  });
  return problems.length > 0 ? wrong([...new Set(problems)].join('; ')) : right(json);
}
