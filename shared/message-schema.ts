// The shape of a message, property by property: what each may be, and what would be right.

import * as v from 'valibot';
import {type Mailbox, type Parsed, parseMailbox} from './address.ts';
import {isJsonObject, type JsonObject} from './json.ts';
import {resultKinds} from './names.ts';
import {type Security, securityLevels} from './security.ts';
import {defaultSmtpPort, parseHosts, type Relay} from './smarthost.ts';
import {parseUtcTime} from './utc-time.ts';

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

export const queuesSchema = v.pipe(
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

export const notAnObject = 'must be an object such as {"envelope": "…", "recipient": "…", "mime": "…"}';

export const messageSchema = v.looseObject(
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
    queues: v.optional(queuesSchema, {}),
    keepmime: v.optional(flag, false),
    tags: v.optional(v.array(v.string('must be a string'), 'must be a list of strings')),
    results: v.optional(v.array(v.custom<JsonObject>(isJsonObject, 'must be an object'), 'must be a list')),
    dsn: v.optional(v.custom<JsonObject>(isJsonObject, 'must be an object')),
    ...v.entriesFromList(unsupported, v.optional(notYet)),
  },
  notAnObject,
);
