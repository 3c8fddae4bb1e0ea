// Looks a message up in the functions' logs: the newest part by requests that cost nothing, the rest by Logs Insights where
// somebody wants to pay for it; and what happened to its lanes and receivers meanwhile.

import type {Context} from '../command/context.ts';
import {NotAllowed} from '../command/problems.ts';
import {printable} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import {connectionSearchFor, withConnections} from './connections.ts';
import {factsOf, readHistory} from './log-history.ts';
import {type LogEvent, type Reading, readBackwards} from './recent-log.ts';
import {messagesIn, type TracedMessage, withSurroundings} from './timeline.ts';
import type {TraceEvent} from './trace-event.ts';
import {patternOf, queryOf, surroundingsPatternOf, type Traced} from './traced.ts';

const dayMs = 86_400_000;
/** Requests that cost nothing; each takes some tenths of a second. */
const mostPages = 60;
const mostPagesAround = 20;
/** Messages whose lanes and receivers are looked at, too. */
const mostSurrounded = 20;

export interface Search {
  readonly groups: readonly string[];
  readonly nowMs: number;
  readonly since: number | undefined;
}

export interface Found {
  readonly groups: readonly string[];
  readonly nowMs: number;
  readonly messages: readonly TracedMessage[];
  /** From when on all of the log was searched. */
  readonly sinceMs: number;
  readonly wantedMs: number;
}

export async function searchFor(traced: Traced, context: Context, search: Search): Promise<Found> {
  const {groups, nowMs, since} = search;
  const {signal, clients} = context;
  const common = {client: clients.logs, groups, nowMs, signal};
  const wantedMs = Math.max(nowMs - (since ?? dayMs), 0);
  const recent = await readBackwards({
    ...common,
    pattern: patternOf(traced),
    sinceMs: wantedMs,
    mostPages,
    isEnough: read => isWhole(read, traced),
  });
  const isOpen = recent.sinceMs > wantedMs && !isWhole(recent, traced);
  const older =
    isOpen && since !== undefined ? await olderThan(recent.sinceMs, traced, context, search) : undefined;
  const found = messagesIn([...(older ?? []), ...recent.events], traced);
  const messages = await connected(found, common);
  const sinceMs = older === undefined ? recent.sinceMs : wantedMs;
  const around = await surroundingsOf(messages, common, sinceMs);
  const told = messages.map(each => withSurroundings(each, around, nowMs));
  return {groups, nowMs, messages: told, sinceMs, wantedMs};
}

/** Of one message nothing comes before its arrival. */
function isWhole({events, sinceMs}: Reading, traced: Traced): boolean {
  if (traced.by !== 'id') return false;
  const arrivals = messagesIn(events, traced).flatMap(message => message.events.filter(isArrival));
  return arrivals.some(({timeMs}) => timeMs >= sinceMs);
}

const isArrival = ({what}: TraceEvent): boolean => what === 'arrived';

/** Undefined where nobody wants to pay for it: then what is known is shown. */
async function olderThan(
  untilMs: number,
  traced: Traced,
  context: Context,
  {groups, nowMs, since = 0}: Search,
): Promise<readonly LogEvent[] | undefined> {
  const {clients, terminal, signal, local} = context;
  const sinceMs = Math.max(nowMs - since, 0);
  const {octets, mostUsd} = await factsOf(clients.logs, groups);
  const what = `search ${sizeOf(octets)} of logs by Logs Insights, for ${usdOf(mostUsd)}`;
  terminal.tell(`the log from ${timeText(sinceMs, local)} to ${timeText(untilMs, local)} is left: ${what}`);
  try {
    await context.maySpend(what, {usd: mostUsd, octets});
  } catch (error) {
    if (!(error instanceof NotAllowed)) throw error;
    terminal.tell(`relayq: ${printable(error.message)}`);
    return undefined;
  }
  const {events, isCut} = await readHistory(clients.logs, {
    groups,
    query: queryOf(traced),
    sinceMs,
    untilMs,
    signal,
  });
  if (isCut)
    terminal.tell('relayq: there is more than Logs Insights gives at once; the oldest lines are missing');
  return events;
}

type Common = Pick<Parameters<typeof readBackwards>[0], 'client' | 'groups' | 'nowMs' | 'signal'>;

/** With what the lines of accepted messages leave out, as it is the same for all of their connection. */
async function connected(
  messages: readonly TracedMessage[],
  common: Common,
): Promise<readonly TracedMessage[]> {
  const search = connectionSearchFor(messages.slice(-mostSurrounded));
  if (search === undefined) return messages;
  const {untilMs: nowMs, isFound, ...rest} = search;
  const {events} = await readBackwards({
    ...common,
    ...rest,
    nowMs,
    mostPages: mostPagesAround,
    isEnough: read => isFound(read.events),
  });
  return messages.map(each => withConnections(each, events));
}

async function surroundingsOf(
  messages: readonly TracedMessage[],
  common: Common,
  sinceMs: number,
): Promise<readonly LogEvent[]> {
  const those = messages.slice(-mostSurrounded);
  const pattern = surroundingsPatternOf([...new Set(those.flatMap(({lanes}) => lanes))]);
  if (pattern === undefined) return [];
  const firstMs = Math.min(...those.map(({events}) => events[0]?.timeMs ?? common.nowMs));
  const {events} = await readBackwards({
    ...common,
    pattern,
    sinceMs: Math.max(firstMs, sinceMs),
    mostPages: mostPagesAround,
    isEnough: () => false,
  });
  return events;
}

const sizeOf = (octets: number): string =>
  octets >= 1e9 ? `${(octets / 1e9).toFixed(1)} GB` : `${(octets / 1e6).toFixed(1)} MB`;

const usdOf = (usd: number): string => (usd < 0.01 ? 'less than 0.01 USD' : `at most ${usd.toFixed(2)} USD`);
