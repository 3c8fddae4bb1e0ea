// The way of each message that was found: its events in the order of time, whichever function has logged them, how it
// stands, and what comes next.

import type {LogEvent} from './recent-log.ts';
import {type TraceEvent, type TraceLine, traceLineOf} from './trace-event.ts';
import {receiverOf, type Traced} from './traced.ts';

export interface TracedMessage {
  readonly id: string;
  readonly recipient: string | undefined;
  readonly domain: string | undefined;
  readonly lanes: readonly string[];
  readonly events: readonly TraceEvent[];
  readonly state: string;
  /** Nothing more will happen to it by itself. */
  readonly isOver: boolean;
  readonly nextMs: number | undefined;
}

/** The same line may have been read twice, where two readings meet. */
const distinct = (events: readonly LogEvent[]): readonly LogEvent[] => [
  ...new Map(events.map(event => [`${event.timeMs} ${event.message}`, event])).values(),
];

/** Messages in the order in which they were first heard of. */
export function messagesIn(events: readonly LogEvent[], {by, value}: Traced): readonly TracedMessage[] {
  const lines = distinct(events)
    .toSorted((a, b) => a.timeMs - b.timeMs)
    .flatMap(event => traceLineOf(event) ?? [])
    .filter(line => line.id !== undefined && line[by] === value);
  return [...Map.groupBy(lines, ({id}) => id!)].map(([id, those]) => messageOf(id, those));
}

function messageOf(id: string, lines: readonly TraceLine[]): TracedMessage {
  const last = (name: 'recipient' | 'domain') => lines.findLast(line => line[name] !== undefined)?.[name];
  const events = inOrder(lines.flatMap(line => line.events));
  return {
    id,
    recipient: last('recipient'),
    domain: last('domain'),
    lanes: [...new Set(lines.flatMap(({lane}) => lane ?? []))],
    events,
    ...standingOf(events, Number.NEGATIVE_INFINITY),
  };
}

const inOrder = (events: readonly TraceEvent[]): readonly TraceEvent[] =>
  events.toSorted((a, b) => a.timeMs - b.timeMs);

type Standing = Pick<TracedMessage, 'state' | 'isOver' | 'nextMs'>;

const final = new Set(['accepted', 'bounced', 'expired', 'invalid']);

function standingOf(events: readonly TraceEvent[], nowMs: number): Standing {
  const decisive = events.findLast(({what}) => what !== 'hidden' && what !== 'receiver' && what !== 'logged');
  if (decisive === undefined) return {state: 'unknown', isOver: false, nextMs: undefined};
  const {what, fate, untilMs: nextMs, timeMs} = decisive;
  if (fate !== undefined && final.has(fate)) return {state: fate, isOver: true, nextMs: undefined};
  if (what === 'dead letter') return {state: what, isOver: true, nextMs: undefined};
  // What waits outside is in its lane again when it is due.
  const insideMs = what === 'held' || fate === 'deferred' ? (nextMs ?? Number.POSITIVE_INFINITY) : timeMs;
  const hidden = events.findLast(event => event.what === 'hidden' && (event.untilMs ?? 0) >= insideMs);
  if (hidden !== undefined && insideMs <= nowMs)
    return {state: 'hidden', isOver: false, nextMs: hidden.untilMs};
  return {state: fate ?? what, isOver: false, nextMs};
}

/** What happened to its lanes and its receiver while it was on its way; the same again and again is told once. */
export function withSurroundings(
  message: TracedMessage,
  around: readonly LogEvent[],
  nowMs: number,
): TracedMessage {
  const [first, lastOne] = [message.events[0], message.events.at(-1)];
  if (first === undefined || lastOne === undefined) return message;
  const endMs = message.isOver ? lastOne.timeMs : Number.POSITIVE_INFINITY;
  const receivers = message.lanes.map(receiverOf);
  const those = distinct(around)
    .filter(({timeMs}) => timeMs >= first.timeMs && timeMs <= endMs)
    .flatMap(event => traceLineOf(event) ?? [])
    .filter(({lane = '', receiver = ''}) => message.lanes.includes(lane) || receivers.includes(receiver))
    .flatMap(({events}) => events)
    .filter(({what}) => what === 'hidden' || what === 'receiver');
  const all = inOrder([...message.events, ...those]);
  return {...message, events: told(all), ...standingOf(all, nowMs)};
}

function told(events: readonly TraceEvent[]): readonly TraceEvent[] {
  const kept: TraceEvent[] = [];
  for (const event of events) {
    const before = kept.at(-1);
    const isAgain = event.what === 'hidden' && before?.what === 'hidden' && before.why === event.why;
    if (!isAgain) {
      kept.push(event);
      continue;
    }
    const times = typeof before.facts.times === 'number' ? before.facts.times : 1;
    kept[kept.length - 1] = {...event, timeMs: before.timeMs, facts: {times: times + 1}};
  }
  return kept;
}
