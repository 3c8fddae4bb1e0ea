// A message on the outbox: what its properties mean, and every way in which it can be wrong. Parsing takes
// the x-mq-* fields out of the MIME text and merges them in; a message that went through here once reads
// the same when it is parsed again further down the pipeline.

import * as v from 'valibot';
import {isJsonObject, type JsonObject, omit, parseJson, plainNumbers, surveyOf} from '../json.ts';
import type {ResultKind} from '../names.ts';
import type {Problem} from '../problem.ts';
import type {Mailbox} from '../smtp/address.ts';
import type {Security} from '../smtp/security.ts';
import type {Relay} from '../smtp/smarthost.ts';
import {mergeHeaders} from './merge-headers.ts';
import {messageSchema, notAnObject, queuesSchema, withoutUnset} from './message-schema.ts';
import {type MqHeadersRule, mqHeadersRules} from './mq-headers.ts';
import {unknownOfSmarthost} from './smarthost-names.ts';
import {problemsOfText} from './text-rules.ts';
import {type Arrival, parseTracking, type Tracking} from './tracking.ts';
import {flag} from './value-schemas.ts';

/** A message without its text. */
interface Properties {
  /** All but `mime`, custom ones included, after merging. */
  readonly properties: JsonObject;
  /** MAIL FROM; undefined is the null reverse-path, `<>`. */
  readonly envelope: Mailbox | undefined;
  readonly recipient: Mailbox;
  readonly smarthost: Relay | undefined;
  readonly security: Security | undefined;
  /** Milliseconds since the epoch, as all times here. */
  readonly nextAttemptMs: number | undefined;
  readonly maxDeliverTimeMs: number | undefined;
  readonly maxAttempts: number | undefined;
  /** Seconds between the attempts. */
  readonly retries: readonly number[] | undefined;
  readonly queues: ResultQueues;
  readonly keepMime: boolean;
  readonly tags: readonly string[];
  /** One entry an attempt made so far. */
  readonly results: readonly JsonObject[];
  readonly tracking: Tracking;
}

export interface Message extends Properties {
  /** The MIME text, without x-mq-* fields. */
  readonly text: string;
}

/** A message whose text is still to be made by nodemailer's composer. */
export interface Draft extends Properties {
  /** The composer's options: from, to, cc, subject, text, html, attachments, headers, … */
  readonly mime: JsonObject;
}

/** All properties for the body of a record or a result. */
export const bodyPropertiesOf = ({properties, text}: Message): JsonObject => ({...properties, mime: text});

/** Where results go: a queue's name, null for nowhere; an absent kind goes to the stage's own queue. */
export type ResultQueues = Readonly<Partial<Record<ResultKind, string | null>>>;

export type ParsedMessage<M extends Message | Draft = Message> =
  | {readonly ok: true; readonly message: M}
  | ({readonly ok: false} & Refusal);

/** Why something is not a message, and what could be read of it all the same. */
export interface Refusal {
  readonly problems: readonly Problem[];
  /** All but `mime`. */
  readonly properties?: JsonObject;
  readonly tracking?: Tracking;
  /** Where the answer goes; empty unless this part was valid. */
  readonly queues: ResultQueues;
}

/** Enough to mend a message by; a list of a thousand bad tags must not make a result too large to send. */
const maxProblems = 50;

/** Deeper than any message is meant to be, and nothing that recurses gets into trouble yet. */
const maxDepth = 100;

/** What the stage says about messages; each can say it for itself, in properties of these names. */
export interface MessageRules {
  readonly mqHeaders: MqHeadersRule;
  readonly strict: boolean;
}

const defaultRules: MessageRules = {mqHeaders: 'obeyed', strict: false};

/**
 * Reads a message from the body of an SQS record. One that has been through here before is not held to what is asked of
 * new ones only.
 * @param arrival the record: what is known of a message that is seen for the first time, and whose word is believed
 */
export function parseMessage(
  body: string,
  arrival: Arrival,
  rules: MessageRules = defaultRules,
): ParsedMessage<Message | Draft> {
  const survey = surveyOf(body);
  if (survey.depth > maxDepth) return refused(`is nested more than ${maxDepth} deep`);
  let json: unknown;
  try {
    json = parseJson(body);
  } catch (error) {
    // Only the place: V8's text quotes the source, and that may hold a password.
    const place = /at position \d+ \(line \d+ column \d+\)/.exec((error as Error).message)?.[0];
    return refused(place ? `is not JSON, ${place}` : 'is not JSON');
  }
  if (!isJsonObject(json)) return refused(notAnObject);
  const object = freshOf(survey.exact ? json : withPlainNumbers(json));
  const before = parseTracking(object.relayq, arrival);
  const isNew = !before.ok || before.value.id === arrival.id;
  // There are no fields left in what has been here before, and what looks like one is text.
  const merged = mergeHeaders(object, isNew ? (ruleOf(object) ?? rules.mqHeaders) : 'obeyed');
  const all = withoutUnset(merged.properties);
  const properties = omit(all, ['mime']);
  const tracking = parseTracking(properties.relayq, arrival);
  const parsed = v.safeParse(messageSchema, all);
  const strict = v.safeParse(flag, properties.strict);
  const ofText =
    isNew && typeof object.mime === 'string'
      ? problemsOfText(object.mime, strict.success ? strict.output : rules.strict)
      : [];
  const problems = [
    ...(tracking.ok ? [] : [{path: 'relayq', problem: tracking.problem}]),
    ...(isNew ? [...merged.problems, ...ofText].map(problem => ({path: 'mime', problem})) : []),
    ...(isNew ? unknownOfSmarthost(properties) : []),
    ...problemsOf(parsed.issues),
  ].slice(0, maxProblems);
  if (problems.length > 0 || !parsed.success || !tracking.ok) {
    const named = v.safeParse(queuesSchema, properties.queues ?? {});
    const queues = named.success ? named.output : {};
    return {ok: false, problems, properties, queues, ...(tracking.ok && {tracking: tracking.value})};
  }
  const {mime, ...fields} = parsed.output;
  const text = typeof mime === 'string' ? {text: mime} : {mime};
  return {
    ok: true,
    message: {
      ...text,
      properties,
      envelope: fields.envelope,
      recipient: fields.recipient,
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

const refused = (problem: string): {readonly ok: false} & Refusal => ({
  ok: false,
  problems: [{path: '', problem}],
  queues: {},
});

/** Numbers that mean something here are JavaScript's; those of properties that are carried through stay as written. */
const withPlainNumbers = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      name,
      Object.hasOwn(messageSchema.entries, name) || name === 'relayq' ? plainNumbers(value) : value,
    ]),
  );

/** What the message itself says about its fields; a wrong word is a problem of its own. */
const ruleOf = (object: JsonObject): MqHeadersRule | undefined =>
  mqHeadersRules.find(rule => rule === object['mq-headers']);

/** A result with its fate that was put on the outbox again is a new message: its history stays behind. */
function freshOf(object: JsonObject): JsonObject {
  if (object.fate === undefined) return object;
  const told = object.fate === 'invalid' ? ['problems', 'original', 'originalAt'] : [];
  return omit(object, ['fate', 'results', 'relayq', 'nextattempt', ...told]);
}

const problemsOf = (issues: readonly v.BaseIssue<unknown>[] | undefined): Problem[] =>
  (issues ?? []).map(issue => ({path: v.getDotPath(issue) ?? '', problem: problemOf(issue)}));

// An object's schema reports a property that it has not got under the property's path.
const problemOf = (issue: v.BaseIssue<unknown>): string =>
  issue.type === 'loose_object' && issue.received === 'undefined' ? 'is missing' : issue.message;
