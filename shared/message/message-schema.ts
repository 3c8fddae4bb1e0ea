// The properties of a message: what each may be, and what to say where it is wrong.

import * as v from 'valibot';
import {parseDkim} from '../dkim/dkim-property.ts';
import {isJsonObject, type JsonObject} from '../json.ts';
import {resultKinds} from '../names.ts';
import {type Parsed, parseSeconds, right, wrong} from '../parsed.ts';
import {type Mailbox, parseMailbox} from '../smtp/address.ts';
import {dsnOf} from '../smtp/dsn.ts';
import {securityLevels} from '../smtp/security.ts';
import {standardQueueName} from '../sqs-limits.ts';
import {parseWindow} from './delivery-window.ts';
import {headersSchema} from './header-changes.ts';
import {mqHeadersRules} from './mq-headers.ts';
import {smarthostSchema} from './smarthost-schema.ts';
import {flag, parsedBy, time, wholeNumber, word} from './value-schemas.ts';

/** Properties that would change what is sent, and that nothing acts on yet: they are refused, not ignored. */
const unsupported = ['key', 'data', 'inlinecss'] as const;

const parseAddress = (value: unknown): Parsed<Mailbox> =>
  typeof value === 'string' ? parseMailbox(value) : wrong('must be a string holding one address');

/** MAIL FROM: `""` and `"<>"` are the null reverse-path. */
const reversePath = parsedBy<Mailbox | undefined>(value =>
  value === '' || value === '<>' ? right(undefined) : parseAddress(value),
);

const retries = parsedBy<readonly number[]>(value => {
  const list = typeof value === 'string' ? value.split(',').map(part => part.trim()) : value;
  const seconds = Array.isArray(list) ? list.map(item => parseSeconds(item, 0)) : [];
  return seconds.length > 0 && seconds.every(item => item.ok)
    ? right(seconds.map(item => item.value))
    : wrong('must be a list of seconds, such as [600, 1800] or "600,1800"');
});

const queueName = parsedBy<string | null>(value =>
  value === null || (typeof value === 'string' && standardQueueName.test(value))
    ? right(value)
    : wrong('must be the name of a standard SQS queue (letters, digits, - and _), or null for none'),
);

const notQueues = 'must be an object such as {"failure": "name-of-a-queue", "retry": null}';

const queuesSchema = v.pipe(
  v.custom<Record<string, unknown>>(isJsonObject, notQueues),
  v.looseObject(v.entriesFromList([...resultKinds, 'dsn'], v.exactOptional(queueName)), notQueues),
);

const mime = parsedBy<string | JsonObject>(value => {
  if (typeof value === 'string' && !value.isWellFormed()) {
    return wrong('has an unpaired surrogate, which UTF-8 cannot express');
  }
  return (typeof value === 'string' && value !== '') || isJsonObject(value)
    ? right(value)
    : wrong('must be the MIME text, or an object with from, to, subject, text, …');
});

// `x-mq-inlinecss: 0`, say, asks for nothing.
const notYet = parsedBy<unknown>(value =>
  value === false || value === '0' || value === 'false'
    ? right(value)
    : wrong('is not supported yet, and sending without it would send something else: remove it'),
);

export const notAnObject = 'must be an object such as {"envelope": "…", "recipient": "…", "mime": "…"}';

export const messageSchema = v.looseObject(
  {
    envelope: v.optional(reversePath),
    recipient: parsedBy(parseAddress),
    mime,
    smarthost: v.optional(smarthostSchema),
    security: v.optional(word(securityLevels)),
    nextattempt: v.optional(
      v.looseObject({time}, 'must be an object such as {"time": "2030-01-01 09:00:00"}'),
    ),
    delayed: v.optional(time),
    maxdelivertime: v.optional(time),
    maxattempts: v.optional(wholeNumber(1, 1_000_000)),
    retries: v.optional(retries),
    window: v.optional(parsedBy(parseWindow)),
    queues: v.optional(queuesSchema, {}),
    keepmime: v.optional(flag, false),
    'mq-headers': v.optional(word(mqHeadersRules)),
    strict: v.optional(flag),
    suppression: v.optional(flag),
    tags: v.optional(v.array(v.string('must be a string'), 'must be a list of strings')),
    results: v.optional(v.array(v.custom<JsonObject>(isJsonObject, 'must be an object'), 'must be a list')),
    dsn: v.optional(v.pipe(v.custom<JsonObject>(isJsonObject, 'must be an object'), v.transform(dsnOf))),
    dkim: v.optional(parsedBy(parseDkim), []),
    headers: v.optional(headersSchema),
    ...v.entriesFromList(unsupported, v.optional(notYet)),
  },
  notAnObject,
);
