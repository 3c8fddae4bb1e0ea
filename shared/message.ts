// A message on the outbox: what its properties mean, and every way in which it can be wrong. Parsing takes
// the x-mq-* fields out of the MIME text and merges them in; a message that went through here once reads
// the same when it is parsed again further down the pipeline.

import * as v from 'valibot';
import type {Mailbox} from './address.ts';
import {isJsonObject, type Json, type JsonObject, omit} from './json.ts';
import {messageSchema, notAnObject, queuesSchema} from './message-schema.ts';
import {propertiesOf, stripMqHeaders, unendedOf} from './mq-headers.ts';
import type {ResultKind} from './names.ts';
import type {Security} from './security.ts';
import type {Relay} from './smarthost.ts';
import {parseTracking, type Tracking} from './tracking.ts';

export interface Message {
  /** Every property, custom ones included, after merging; `mime` without its x-mq-* fields. */
  readonly properties: JsonObject;
  /** MAIL FROM; undefined is the null reverse-path, `<>`. */
  readonly envelope: Mailbox | undefined;
  readonly recipient: Mailbox;
  /** MIME text, or what nodemailer's composer is to make it from. */
  readonly mime: string | JsonObject;
  readonly smarthost: Relay | undefined;
  readonly security: Security | undefined;
  /** Milliseconds since the epoch, as all times here. */
  readonly nextAttemptMs: number | undefined;
  readonly maxDeliverTimeMs: number | undefined;
  readonly maxAttempts: number | undefined;
  /** Seconds between the attempts. */
  readonly retries: readonly number[] | undefined;
  readonly queues: Queues;
  readonly keepMime: boolean;
  readonly tags: readonly string[];
  /** One entry an attempt made so far. */
  readonly results: readonly JsonObject[];
  readonly tracking: Tracking;
}

/** Where results go: a queue's name, null for nowhere; an absent kind goes to the stage's own queue. */
export type Queues = Readonly<Partial<Record<ResultKind, string | null>>>;

/** One thing that is wrong with a message: where, and what would be right. */
export interface Problem {
  /** `smarthost.port`; empty for the message as a whole. */
  readonly path: string;
  readonly problem: string;
}

export type ParsedMessage = {readonly ok: true; readonly message: Message} | ({readonly ok: false} & Refusal);

/** Why something is not a message, and what could be read of it all the same. */
export interface Refusal {
  readonly problems: readonly Problem[];
  readonly properties?: JsonObject;
  /** Where the answer goes; empty unless this part was valid. */
  readonly queues: Queues;
}

/** Enough to mend a message by; a list of a thousand bad tags must not make a result too large to send. */
const maxProblems = 50;

/**
 * Reads a message from the body of an SQS record.
 * @param arrival what is known when the message is seen for the first time: its id, and when it came
 */
export function parseMessage(
  body: string,
  arrival: {readonly id: string; readonly arrivedMs: number},
): ParsedMessage {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    // Only the place: V8's text quotes the source, and that may hold a password.
    const place = /at position \d+ \(line \d+ column \d+\)/.exec((error as Error).message)?.[0];
    return {
      ok: false,
      problems: [{path: '', problem: place ? `is not JSON, ${place}` : 'is not JSON'}],
      queues: {},
    };
  }
  if (!isJsonObject(json)) return {ok: false, problems: [{path: '', problem: notAnObject}], queues: {}};
  const {properties, problems: headerProblems} = mergeHeaders(freshOf(withoutNulls(json)));
  const tracking = parseTracking(properties.relayq, arrival);
  const parsed = v.safeParse(messageSchema, properties);
  const problems = [
    ...(tracking.ok ? [] : [{path: 'relayq', problem: tracking.problem}]),
    ...headerProblems.map(problem => ({path: 'mime', problem})),
    ...problemsOf(parsed.issues),
  ].slice(0, maxProblems);
  if (problems.length > 0 || !parsed.success || !tracking.ok) {
    const named = v.safeParse(queuesSchema, properties.queues ?? {});
    return {ok: false, problems, properties, queues: named.success ? named.output : {}};
  }
  const fields = parsed.output;
  return {
    ok: true,
    message: {
      properties,
      envelope: fields.envelope,
      recipient: fields.recipient,
      mime: fields.mime,
      smarthost: fields.smarthost,
      security: fields.security,
      nextAttemptMs: fields.nextattempt?.time ?? fields.delayed,
      maxDeliverTimeMs: fields.maxdelivertime,
      maxAttempts: fields.maxattempts,
      retries: fields.retries,
      queues: fields.queues,
      keepMime: fields.keepmime,
      tags: fields.tags ?? [],
      results: fields.results ?? [],
      tracking: tracking.value,
    },
  };
}

/** A null property is an absent one: many producers write what they have not got so. In `queues` it means none. */
const withoutNulls = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => [
        name,
        name === 'smarthost' && isJsonObject(value) ? withoutNulls(value) : value,
      ]),
  );

/** A result with its fate that was put on the outbox again is a new message: its history stays behind. */
function freshOf(object: JsonObject): JsonObject {
  if (object.fate === undefined) return object;
  const told = object.fate === 'invalid' ? ['problems', 'original'] : [];
  return omit(object, ['fate', 'results', 'relayq', 'nextattempt', ...told]);
}

/** JSON wins over headers, property by property; a smarthost in JSON wins whole, for it is a unit. */
function mergeHeaders(object: JsonObject): {properties: JsonObject; problems: readonly string[]} {
  if (typeof object.mime !== 'string') return {properties: object, problems: []};
  const {mime, fields} = stripMqHeaders(object.mime);
  if (fields.length === 0) return {properties: object, problems: []};
  const fromHeaders = propertiesOf(fields);
  const merged = new Map<string, Json>(Object.entries(fromHeaders.properties as JsonObject));
  for (const [name, value] of Object.entries(object)) {
    const header = merged.get(name);
    const mergeable = (name === 'queues' || name === 'dsn') && isJsonObject(header) && isJsonObject(value);
    merged.set(name, mergeable ? {...header, ...value} : value);
  }
  merged.set('mime', mime);
  // No field makes a message look like a result.
  merged.delete('fate');
  const problems = [
    ...unendedOf(fields).map(
      name => `has a line that ends in a CR alone after ${name}: end it in CRLF or LF`,
    ),
    ...fromHeaders.ambiguous.map(name => `has ${name} more than once, with different values`),
  ];
  return {properties: Object.fromEntries(merged), problems};
}

const problemsOf = (issues: readonly v.BaseIssue<unknown>[] | undefined): Problem[] =>
  (issues ?? []).map(issue => ({path: v.getDotPath(issue) ?? '', problem: problemOf(issue)}));

// An object's schema reports a property that it has not got under the property's path.
const problemOf = (issue: v.BaseIssue<unknown>): string =>
  issue.type === 'loose_object' && issue.received === 'undefined' ? 'is missing' : issue.message;

/** Problems in one line, for a description or a log. */
export const problemsText = (problems: readonly Problem[]): string =>
  problems.map(({path, problem}) => `${path || 'the message'} ${problem}`).join('; ');
