// A message on the outbox: what its properties mean, and every way in which it can be wrong. Parsing takes
// the x-mq-* fields out of the MIME text and merges them in; a message that went through here once reads
// the same when it is parsed again further down the pipeline.

import * as v from 'valibot';
import {type Mailbox, type Parsed, parseMailbox} from './address.ts';
import {isJsonObject, type Json, type JsonObject, omit} from './json.ts';
import {propertiesOf, stripMqHeaders, unendedOf} from './mq-headers.ts';
import {type ResultKind, resultKinds} from './names.ts';
import {type Security, securityLevels} from './security.ts';
import {defaultSmtpPort, parseHosts, type Relay} from './smarthost.ts';
import {parseTracking, type Tracking} from './tracking.ts';
import {parseUtcTime} from './utc-time.ts';

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

/** Properties that would change what is sent, and are not acted on yet: better refused than ignored. */
const unsupported = ['key', 'dkim', 'headers', 'data', 'inlinecss'] as const;

/** A schema for one value from its parser: unknown to typed, or what is wrong with it. */
const parsedBy = <T>(parse: (value: unknown) => Parsed<T>) =>
  v.pipe(
    v.unknown(),
    v.rawTransform<unknown, T>(({dataset, addIssue, NEVER}) => {
      const parsed = parse(dataset.value);
      if (parsed.ok) return parsed.value;
      addIssue({message: parsed.problem});
      return NEVER;
    }),
  );

const right = <T>(value: T): Parsed<T> => ({ok: true, value});
const wrong = (problem: string): Parsed<never> => ({ok: false, problem});

const mailbox = parsedBy<Mailbox>(value =>
  typeof value === 'string' ? parseMailbox(value) : wrong('must be a string holding one address'),
);

/** MAIL FROM; `""` and `"<>"` say the null reverse-path in so many words. */
const reversePath = parsedBy<Mailbox | undefined>(value => {
  if (value === '' || value === '<>') return right(undefined);
  return typeof value === 'string' ? parseMailbox(value) : wrong('must be a string holding one address');
});

const wholeNumber = (least: number, most: number) => parsedBy(value => parseWholeNumber(value, least, most));

/** JSON's numbers, and the digits of a header field. */
function parseWholeNumber(value: unknown, least: number, most: number): Parsed<number> {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
  return Number.isInteger(number) && (number as number) >= least && (number as number) <= most
    ? right(number as number)
    : wrong(`must be a whole number from ${least} to ${most}`);
}

/** JSON's booleans, and what a header field can say. */
const flag = parsedBy<boolean>(value => {
  if ([true, 1, '1', 'true', 'yes'].includes(value as string)) return right(true);
  if ([false, 0, '0', 'false', 'no'].includes(value as string)) return right(false);
  return wrong('must be true or false');
});

const time = parsedBy<number>(value => {
  const ms = typeof value === 'string' ? parseUtcTime(value) : undefined;
  return ms === undefined ? wrong('must be a UTC time as YYYY-MM-DD HH:MM:SS') : right(ms);
});

const security = parsedBy<Security>(value =>
  securityLevels.includes(value as Security)
    ? right(value as Security)
    : wrong(`must be one of ${securityLevels.join(', ')}`),
);

const credential = parsedBy<string>(value =>
  typeof value === 'string' && value !== '' && !/\p{Cc}/u.test(value)
    ? right(value)
    : wrong('must be a text without control characters'),
);

const smarthost = v.pipe(
  v.looseObject(
    {
      hostname: parsedBy<readonly string[]>(parseHosts),
      port: v.optional(wholeNumber(1, 65535), defaultSmtpPort),
      username: v.optional(credential),
      password: v.optional(credential),
      security: v.optional(security),
    },
    'must be an object with a hostname',
  ),
  v.partialCheck(
    [['username'], ['password']],
    value => (value.username === undefined) === (value.password === undefined),
    'has a username without a password, or a password without a username: give both or neither',
  ),
  v.transform(
    ({hostname, port, username, password, security}): Relay => ({
      hosts: hostname,
      port,
      ...(username !== undefined && password !== undefined && {credentials: {username, password}}),
      ...(security !== undefined && {security}),
    }),
  ),
);

const retries = parsedBy<readonly number[]>(value => {
  const list = typeof value === 'string' ? value.split(',').map(part => part.trim()) : value;
  const seconds = Array.isArray(list) ? list.map(item => parseWholeNumber(item, 0, 31_536_000)) : [];
  return seconds.length > 0 && seconds.every(item => item.ok)
    ? right(seconds.map(item => item.value))
    : wrong('must be a list of seconds, such as [600, 1800] or "600,1800"');
});

/** SQS's rule for the names of standard queues (CreateQueue, QueueName). */
const queueName = parsedBy<string | null>(value =>
  value === null || (typeof value === 'string' && /^[A-Za-z0-9_-]{1,80}$/.test(value))
    ? right(value)
    : wrong('must be the name of a standard SQS queue (letters, digits, - and _), or null for none'),
);

const notQueues = 'must be an object such as {"failure": "name-of-a-queue", "retry": null}';

const queues = v.pipe(
  v.custom<Record<string, unknown>>(isJsonObject, notQueues),
  v.looseObject(v.entriesFromList([...resultKinds, 'dsn'], v.exactOptional(queueName)), notQueues),
);

const mime = parsedBy<string | JsonObject>(value => {
  if (typeof value === 'string' && /\p{Surrogate}/u.test(value)) {
    return wrong('has an unpaired surrogate, which UTF-8 cannot express');
  }
  return (typeof value === 'string' && value !== '') || isJsonObject(value)
    ? right(value)
    : wrong('must be the MIME text, or an object with from, to, subject, text, …');
});

// Of these, x-mq-inlinecss: 0 asks for nothing.
const notYet = parsedBy<unknown>(value =>
  value === false || value === '0' || value === 'false'
    ? right(value)
    : wrong('is not supported yet, and sending without it would send something else: remove it'),
);

const notAnObject = 'must be an object such as {"envelope": "…", "recipient": "…", "mime": "…"}';

const schema = v.looseObject(
  {
    envelope: v.optional(reversePath),
    recipient: mailbox,
    mime,
    smarthost: v.optional(smarthost),
    security: v.optional(security),
    nextattempt: v.optional(
      v.looseObject({time}, 'must be an object such as {"time": "2030-01-01 09:00:00"}'),
    ),
    delayed: v.optional(time),
    maxdelivertime: v.optional(time),
    maxattempts: v.optional(wholeNumber(1, 1_000_000)),
    retries: v.optional(retries),
    queues: v.optional(queues, {}),
    keepmime: v.optional(flag, false),
    tags: v.optional(v.array(v.string('must be a string'), 'must be a list of strings')),
    results: v.optional(v.array(v.custom<JsonObject>(isJsonObject, 'must be an object'), 'must be a list')),
    dsn: v.optional(v.custom<JsonObject>(isJsonObject, 'must be an object')),
    ...v.entriesFromList(unsupported, v.optional(notYet)),
  },
  notAnObject,
);

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
  const parsed = v.safeParse(schema, properties);
  const problems = [
    ...(tracking.ok ? [] : [{path: 'relayq', problem: tracking.problem}]),
    ...headerProblems.map(problem => ({path: 'mime', problem})),
    ...problemsOf(parsed.issues),
  ].slice(0, maxProblems);
  if (problems.length > 0 || !parsed.success || !tracking.ok) {
    const named = v.safeParse(queues, properties.queues ?? {});
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
