// What else an event says, in the order in which a person asks.

import type {TraceEvent} from '../../data/documents.ts';
import {millisecondsOf} from '../../text/times.ts';

export interface EventFact {
  readonly name: string;
  readonly value: string;
}

/** What the line above has said already. */
const told = new Set([
  'time',
  'what',
  'fate',
  'why',
  'until',
  'code',
  'status',
  'attempt',
  'cipher',
  'verified',
  'to',
  'mta',
  'durationMs',
  'from',
  'state',
  'result',
  'maybesent',
  'messages',
]);

const names: Readonly<Record<string, string>> = {
  nextHop: 'next hop',
  policyfailure: 'policy would refuse',
  tried: 'addresses tried',
  passed: 'passed over',
};

export function factsOf(event: TraceEvent): readonly EventFact[] {
  const {mta, to, from, cipher, verified, durationMs, state, result, maybesent, what} = event;
  const isAttempt = what === 'attempt';
  const server =
    typeof mta === 'string' ? [`${mta}${typeof to === 'string' && to !== mta ? ` (${to})` : ''}`] : [];
  const tls = isAttempt ? tlsOf(cipher, verified, from) : [];
  const stage =
    typeof state === 'string' ? [`${state}${typeof result === 'string' ? `, ${result}` : ''}`] : [];
  return [
    ...server.map(value => ({name: 'server', value})),
    ...tls.map(value => ({name: 'TLS', value})),
    ...stage.map(value => ({name: 'stage', value})),
    ...(typeof durationMs === 'number' ? [{name: 'took', value: millisecondsOf(durationMs)}] : []),
    ...(maybesent === true ? [{name: 'beware', value: 'the server may have it'}] : []),
    ...Object.entries(event).flatMap(([name, value]) =>
      told.has(name) || value === undefined || value === null
        ? []
        : [{name: names[name] ?? name, value: textOf(value)}],
    ),
  ];
}

function tlsOf(cipher: unknown, verified: unknown, from: unknown): readonly string[] {
  if (typeof cipher === 'object' && cipher !== null) {
    const {version = 'TLS', name = ''} = cipher as {readonly version?: unknown; readonly name?: unknown};
    return [
      [version, name, verified === true ? 'certificate verified' : 'certificate not verified']
        .filter(each => each !== '')
        .map(String)
        .join(', '),
    ];
  }
  // Without a connection there was nothing to encrypt.
  return from === undefined ? [] : ['none, in clear text'];
}

const textOf = (value: unknown): string => {
  if (Array.isArray(value)) return value.map(textOf).join('; ');
  return typeof value === 'string' ? value : JSON.stringify(value);
};
