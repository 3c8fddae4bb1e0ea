// The operations that read events: FilterLogEvents reads all streams of a group, GetLogEvents one stream, both in pages.

import {flag, type Input} from '../endpoint/input.ts';
import {pageTokenOf, positionOf} from '../endpoint/page-token.ts';
import {invalidNextToken, invalidParameter, logStreamNotFound} from './errors.ts';
import {InvalidFilterPattern, type Matcher, parseFilterPattern} from './filter-pattern.ts';
import {integer, optionalText, streamName, streamNames, text} from './input.ts';
import {eventOctets, type LogEvent, type NumberedEvent} from './log-event.ts';
import type {LogGroup} from './log-group.ts';
import {groupIn, type Operation} from './operation.ts';

/** "Each page returned can contain up to 1 MB of log events or up to 10,000 log events." */
const pageOctets = 1_048_576;
const pageEvents = 10_000;
/** How many events one request looks at, so that it does not hold up others. Its page may then be empty, with a token. */
const scannedEvents = 10_000;

export const eventOperations: Readonly<Record<string, Operation>> = {
  FilterLogEvents(logs, input) {
    const group = groupIn(logs, input);
    const isInStreams = streamsIn(input, group);
    const {startTime, endTime, limit} = pageIn(input);
    const isMatching = matcherIn(input);
    const {nextToken: _, limit: __, ...request} = input;
    const token = optionalText(input, 'nextToken', {});
    const after = token === undefined ? -1 : Number(positionOf(token, request));
    if (Number.isNaN(after)) throw invalidNextToken();

    const page = new Page(limit);
    let scanned = 0;
    // One more than are looked at: it tells that there are more.
    for (const event of group.some(startTime, {after, count: scannedEvents + 1})) {
      if (event.timestamp > endTime) break;
      const isFull = scanned === scannedEvents || !page.hasRoomFor(event);
      // The next page continues behind the last event that was looked at.
      if (isFull) return {...found(page), nextToken: pageTokenOf(String(event.number - 1), request)};
      if (isInStreams(event) && isMatching(event.message)) page.add(event);
      scanned += 1;
    }
    return found(page);
  },

  GetLogEvents(logs, input) {
    const group = groupIn(logs, input);
    const name = text(input, 'logStreamName', streamName);
    if (!group.streams.has(name)) throw logStreamNotFound();
    const {startTime, endTime, limit} = pageIn(input);
    const {isForward, cursor} = cursorIn(input, (group.events.at(-1)?.number ?? -1) + 1);
    const events = group
      .since(startTime)
      .filter(event => event.stream === name && event.timestamp < endTime)
      .filter(({number}) => (isForward ? number >= cursor : number < cursor));
    const page = new Page(limit);
    for (const event of isForward ? events : events.toReversed()) {
      if (!page.hasRoomFor(event)) break;
      page.add(event);
    }
    const shown = isForward ? page.events : page.events.toReversed();
    // A cursor is the number of the event behind it. At the end of the stream it "returns the same token".
    const [from, to] = [shown[0]?.number ?? cursor, (shown.at(-1)?.number ?? cursor - 1) + 1];
    return {
      events: shown.map(({timestamp, message}) => ({timestamp, message, ingestionTime: timestamp})),
      nextForwardToken: `f/${digits(to)}/s`,
      nextBackwardToken: `b/${digits(from)}/s`,
    };
  },
};

/** Events up to the limits of a page. One event always fits. */
class Page {
  readonly events: NumberedEvent[] = [];
  readonly #limit: number;
  #octets = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  hasRoomFor(event: LogEvent): boolean {
    if (this.events.length === 0) return true;
    return this.events.length < this.#limit && this.#octets + eventOctets(event) <= pageOctets;
  }

  add(event: NumberedEvent): void {
    this.events.push(event);
    this.#octets += eventOctets(event);
  }
}

const pageIn = (input: Input) => ({
  startTime: integer(input, 'startTime', {min: 0}) ?? 0,
  endTime: integer(input, 'endTime', {min: 0}) ?? Number.POSITIVE_INFINITY,
  limit: integer(input, 'limit', {min: 1, max: pageEvents}) ?? pageEvents,
});

function streamsIn(input: Input, group: LogGroup): (event: LogEvent) => boolean {
  const names = streamNames(input, 'logStreamNames');
  const prefix = optionalText(input, 'logStreamNamePrefix', streamName);
  if (names !== undefined && prefix !== undefined)
    throw invalidParameter('LogStreamNames and LogStreamNamePrefix are mutually exclusive parameters.');
  if (names === undefined) return ({stream}) => stream.startsWith(prefix ?? '');
  if (names.some(name => !group.streams.has(name))) throw logStreamNotFound();
  const wanted = new Set(names);
  return ({stream}) => wanted.has(stream);
}

function matcherIn(input: Input): Matcher {
  try {
    return parseFilterPattern(optionalText(input, 'filterPattern', {min: 0, max: 1024}) ?? '');
  } catch (error) {
    throw error instanceof InvalidFilterPattern ? invalidParameter(error.message) : error;
  }
}

const found = ({events}: Page) => ({
  events: events.map(({stream, timestamp, message, number}) => ({
    logStreamName: stream,
    timestamp,
    message,
    ingestionTime: timestamp,
    // AWS's begin with the time too. The rest is for events of the same millisecond.
    eventId: digits((BigInt(timestamp) << 144n) + BigInt(number)),
  })),
  // "As of May 15, 2020, this parameter is no longer supported. This parameter returns an empty list."
  searchedLogStreams: [],
});

const digits = (value: number | bigint): string => String(value).padStart(56, '0');

/** Where a page of a stream begins, and its direction. The first page goes back from the end, or on from the head. */
function cursorIn(input: Input, end: number): {readonly isForward: boolean; readonly cursor: number} {
  const fromHead = flag(input, 'startFromHead');
  const token = optionalText(input, 'nextToken', {});
  if (token === undefined) return {isForward: fromHead, cursor: fromHead ? 0 : end};
  const [, direction, position] = /^([fb])\/(\d{56})\/s$/.exec(token) ?? [];
  if (position === undefined) throw invalidNextToken();
  return {isForward: direction === 'f', cursor: Number(position)};
}
