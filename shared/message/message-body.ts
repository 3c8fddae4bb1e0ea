// The body of a record as a message, with everything that is wrong with it. A message that was parsed once reads the
// same when it is parsed again further down the pipeline.

import * as v from 'valibot';
import {isJsonObject, type Json, type JsonObject, omit, parseJson, plainNumbers, surveyOf} from '../json.ts';
import {type Parsed, type Problem, right, wrong} from '../parsed.ts';
import {mergeHeaders} from './merge-headers.ts';
import type {Draft, Message, ParsedMessage, Particulars} from './message.ts';
import {messageSchema, notAnObject} from './message-schema.ts';
import type {MqHeadersRule} from './mq-headers.ts';
import {unknownOfSmarthost} from './smarthost-names.ts';
import {problemsOfText} from './text-rules.ts';
import {type Arrival, isNew, parseTracking, type Tracking} from './tracking.ts';
import {withoutUnset} from './unset-properties.ts';
import {flag} from './value-schemas.ts';

/** What the stage says about messages. A message can say it for itself, in properties of these names. */
export interface MessageRules {
  readonly mqHeaders: MqHeadersRule;
  readonly strict: boolean;
}

/** @param arrival the record: it says what is not known of a new message, and whether the body's tracking is believed */
export function parseMessage(
  body: string,
  arrival: Arrival,
  rules: MessageRules = {mqHeaders: 'obeyed', strict: false},
): ParsedMessage<Message | Draft> {
  const object = parseObject(body);
  return object.ok
    ? parseProperties(freshOf(object.value), arrival, rules)
    : {ok: false, problems: [{path: '', problem: object.problem}], queues: {}};
}

/** The text may bring x-mq-* fields. A message with one is never a draft. */
export function withText(
  {properties, arrival, headers}: Draft,
  text: string,
  rules: MessageRules,
): ParsedMessage {
  const parsed = parseProperties({...properties, mime: text}, arrival, rules) as ParsedMessage;
  return parsed.ok ? {ok: true, message: {...parsed.message, headers}} : parsed;
}

/** Deeper than any message is meant to be, and far from where recursion fails. */
const maxDepth = 100;

function parseObject(body: string): Parsed<JsonObject> {
  const {depth, exact} = surveyOf(body);
  if (depth > maxDepth) return wrong(`is nested more than ${maxDepth} deep`);
  try {
    const json = parseJson(body);
    if (!isJsonObject(json)) return wrong(notAnObject);
    return right(exact ? json : withPlainNumbers(json));
  } catch (error) {
    // Only the place: V8's text quotes the source, and that may hold a password.
    const place = /at position \d+ \(line \d+ column \d+\)/.exec((error as Error).message)?.[0];
    return wrong(place ? `is not JSON, ${place}` : 'is not JSON');
  }
}

/** Numbers that mean something here become JavaScript's. Those of other properties are carried through as written. */
const withPlainNumbers = (object: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      name,
      Object.hasOwn(messageSchema.entries, name) || name === 'relayq' ? plainNumbers(value) : value,
    ]),
  );

/** A result that was put on the outbox again is a new message: it loses its history. */
function freshOf(object: JsonObject): JsonObject {
  if (object.fate === undefined) return object;
  const told = object.fate === 'invalid' ? ['problems', 'original', 'originalAt'] : [];
  // A text that a result has kept is the one that was sent: its header section has been changed.
  const done = typeof object.mime === 'string' && flagOf(object.keepmime) ? ['headers'] : [];
  return omit(object, ['fate', 'results', 'relayq', 'nextattempt', ...told, ...done]);
}

const flagOf = (value: Json | undefined): boolean => v.is(flag, value) && v.parse(flag, value);

/** Enough to put a message right. A thousand bad tags must not make a result too large to send. */
const maxProblems = 50;

function parseProperties(
  object: JsonObject,
  arrival: Arrival,
  rules: MessageRules,
): ParsedMessage<Message | Draft> {
  const before = parseTracking(object.relayq, arrival);
  const isFresh = !before.ok || isNew(before.value, arrival);
  // The fields of a message that is not new were taken out before: what looks like one is text.
  const rule = isFresh ? (partOf('mq-headers', object) ?? rules.mqHeaders) : 'obeyed';
  const merged = mergeHeaders(object, rule);
  const all = withoutUnset(merged.properties);
  const {mime: _, ...properties} = all;
  const tracking = parseTracking(properties.relayq, arrival);
  const parsed = v.safeParse(messageSchema, all);
  const ofText = () => [
    ...merged.problems,
    ...problemsOfText(object.mime, partOf('strict', properties) ?? rules.strict),
  ];
  const problems = [
    ...(tracking.ok ? [] : [{path: 'relayq', problem: tracking.problem}]),
    ...(isFresh ? ofText().map(problem => ({path: 'mime', problem})) : []),
    ...(isFresh ? unknownOfSmarthost(properties) : []),
    ...(parsed.issues ?? []).map(problemOf),
  ].slice(0, maxProblems);
  if (problems.length === 0 && parsed.success && tracking.ok)
    return {ok: true, message: messageOf(parsed.output, properties, tracking.value, arrival)};
  const queues = partOf('queues', properties) ?? {};
  return {ok: false, problems, properties, queues, ...(tracking.ok && {tracking: tracking.value})};
}

/** One property alone; undefined where it is wrong, which the schema of the whole message tells. */
function partOf<N extends keyof typeof messageSchema.entries>(name: N, properties: JsonObject) {
  const parsed = v.safeParse(messageSchema.entries[name], properties[name]);
  return parsed.success ? parsed.output : undefined;
}

function problemOf(issue: v.BaseIssue<unknown>): Problem {
  // The schema of an object reports a missing property under that property's path.
  const isMissing = issue.type === 'loose_object' && issue.received === 'undefined';
  return {path: v.getDotPath(issue) ?? '', problem: isMissing ? 'is missing' : issue.message};
}

function messageOf(
  {mime, ...fields}: v.InferOutput<typeof messageSchema>,
  properties: JsonObject,
  tracking: Tracking,
  arrival: Arrival,
): Message | Draft {
  const particulars: Particulars = {
    properties,
    envelope: fields.envelope,
    recipient: fields.recipient,
    smarthost: fields.smarthost,
    security: fields.security,
    nextAttemptMs: fields.nextattempt?.time ?? fields.delayed,
    maxDeliverTimeMs: fields.maxdelivertime,
    maxAttempts: fields.maxattempts,
    window: fields.window,
    retries: fields.retries,
    queues: fields.queues,
    keepMime: fields.keepmime,
    suppression: fields.suppression,
    dkim: fields.dkim,
    tags: fields.tags ?? [],
    dsn: fields.dsn,
    // The text that has been made of an object is no draft any more, and has its changes.
    headers: isNew(tracking, arrival) || typeof mime !== 'string' ? fields.headers : undefined,
    results: fields.results ?? [],
    tracking,
  };
  return typeof mime === 'string' ? {...particulars, text: mime} : {...particulars, mime, arrival};
}
