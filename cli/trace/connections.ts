// The connections of attempts: the line of an accepted message leaves out what an earlier line says of its connection.

import {connectionFields, connectionOf} from '../../shared/delivery/attempt-fields.ts';
import type {JsonObject} from '../../shared/json.ts';
import type {LogEvent} from './recent-log.ts';
import type {TracedMessage} from './timeline.ts';
import {type TraceEvent, traceLineOf} from './trace-event.ts';
import {quoted} from './traced.ts';

/** No connection is in use, or kept, for longer. */
const longestMs = 20 * 60_000;

export interface ConnectionSearch {
  readonly pattern: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly isFound: (events: readonly LogEvent[]) => boolean;
}

/** Undefined where no line leaves anything out. */
export function connectionSearchFor(messages: readonly TracedMessage[]): ConnectionSearch | undefined {
  const attempts = messages.flatMap(({events}) => events.filter(event => connectionOf(event.facts)));
  if (attempts.length === 0) return undefined;
  const names = [...new Set(attempts.map(({facts}) => connectionOf(facts)!))];
  const times = attempts.map(({timeMs}) => timeMs);
  const those = names.map(name => `$.connection = ${quoted(name)}`).join(' || ');
  return {
    pattern: `{ (${those}) && $.to = "*" }`,
    sinceMs: Math.min(...times) - longestMs,
    untilMs: Math.max(...times),
    isFound: events => {
      const told = new Set(events.flatMap(event => traceLineOf(event)?.connection ?? []));
      return names.every(name => told.has(name));
    },
  };
}

/** @param lines of the log that say what the connections were */
export function withConnections(message: TracedMessage, lines: readonly LogEvent[]): TracedMessage {
  const facts = new Map<string | undefined, JsonObject>();
  for (const {connection, events} of lines.flatMap(event => traceLineOf(event) ?? []))
    for (const event of events) if (event.what === 'attempt') facts.set(connection, event.facts);
  facts.delete(undefined);
  const whole = (event: TraceEvent): TraceEvent => {
    const told = facts.get(connectionOf(event.facts));
    if (told === undefined) return event;
    const taken = connectionFields.flatMap(name => (told[name] === undefined ? [] : [[name, told[name]]]));
    return {...event, facts: {...Object.fromEntries(taken), ...event.facts}};
  };
  return {...message, events: message.events.map(whole)};
}
