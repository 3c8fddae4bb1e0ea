// What the receiver is given at a time, which parameter says so, and which of the limits binds.

import {capacityLayersOf} from '../../shared/delivery/destination.ts';
import type {Candidate} from '../../shared/delivery/gate.ts';
import {admissionLimitOf} from '../../shared/delivery/gates/admission.ts';
import {rateLimitOf} from '../../shared/delivery/gates/rate.ts';
import {type IdleBound, idleBoundOf} from '../../shared/delivery/idle-bound.ts';
import type {Limit} from '../../shared/delivery/rate.ts';
import type {Entry} from '../../shared/delivery/receivers/entry.ts';
import type {Capacity} from '../../shared/settings/groups/capacity.ts';
import type {Settings} from '../../shared/settings/settings.ts';
import type {Fact, Step} from './step.ts';

const members: readonly (readonly [keyof Capacity, string, string])[] = [
  ['connections', 'connections', ''],
  ['messagesPerConnection', 'messages each', ''],
  ['messagesPerFlight', 'messages in a flight', ''],
  ['messagesPerMinute', 'a minute', ''],
  ['connectTimeout', 'connect within', ' s'],
  ['idleSeconds', 'idle for', ' s'],
  ['idleConnections', 'idle at most', ''],
];

export function capacityStep(
  candidate: Candidate,
  settings: Settings,
  {entry, nowMs}: {readonly entry: Entry | undefined; readonly nowMs: number},
): Step {
  const {capacity} = candidate.destination;
  const {layers} = capacityLayersOf(candidate.message, settings);
  const from = Object.fromEntries(
    members.map(([name]) => [
      name,
      layers.findLast(layer => layer.members[name] !== undefined)?.parameter ?? 'default',
    ]),
  );
  const binding = bindingOf(candidate, entry, nowMs);
  const shown = members.map(([name, what, unit]): Fact => {
    const value = capacity[name];
    const why = from[name] === 'default' ? 'the default' : from[name];
    if (name === 'idleConnections' && value === undefined)
      return {what, is: idleWords(idleBoundOf(candidate.destination.receiver, capacity)), why};
    return {
      what,
      is:
        value === undefined || (name === 'messagesPerMinute' && value === 0) ? 'no limit' : `${value}${unit}`,
      why,
    };
  });
  return {
    step: 'capacity',
    facts: [...shown, {what: 'what binds', is: binding.words, why: binding.why}],
    data: {capacity, from, binds: binding.limit},
  };
}

const idleWords = ({uncounted, counted}: IdleBound): string =>
  `${uncounted} in each environment${counted > 0 ? `, and ${counted} in all` : ''}`;

function bindingOf(candidate: Candidate, entry: Entry | undefined, nowMs: number) {
  const perMinute = ({rate}: Limit) => Math.round((60_000 / rate.intervalMs) * 10) / 10;
  const rate = rateLimitOf(candidate);
  if (rate)
    return {limit: 'messagesPerMinute', words: `${perMinute(rate)} messages a minute`, why: 'its rate'};
  const admission = admissionLimitOf(candidate, entry, nowMs);
  if (admission)
    return entry?.down
      ? {limit: 'probe', words: 'one message at a time', why: 'its receiver is down'}
      : {
          limit: 'pace',
          words: `${perMinute(admission)} messages a minute are let in`,
          why: 'its mail piles up',
        };
  const {connections} = candidate.destination.capacity;
  return {
    limit: 'connections',
    words: connections === 1 ? 'one message at a time' : `${connections} messages at a time`,
    why: 'one for each connection; there is no rate',
  };
}
