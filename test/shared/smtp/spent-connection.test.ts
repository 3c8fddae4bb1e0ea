import {expect, test} from 'vitest';
import type {Failure, Stage} from '../../../shared/smtp/failure.ts';
import {
  isConfused,
  isMailTaken,
  mayBeLimit,
  type Spent,
  spentBy,
  type Wear,
} from '../../../shared/smtp/spent-connection.ts';

const used: Wear = {isFresh: false, hasTakenMail: true, isDirty: false};

/** `lost`, `timeout`, `invalid`, or a reply such as `452 4.3.1 too many messages`. */
function failureOf(stage: Stage, event: string): Failure {
  const [, code, status, text = ''] = /^(\d{3})(?: (\d\.\d\.\d))?(?: (.*))?$/.exec(event) ?? [];
  if (code === undefined) return {stage, result: event as Failure['result'], description: ''};
  const reply = {code: Number(code), text, ...(status !== undefined && {status})};
  return {stage, result: 'error', reply, description: ''};
}

test.each<[Stage, string, Spent | undefined, Partial<Wear>?]>([
  ['mailfrom', 'lost', 'gone'],
  ['rcptto', 'lost', 'gone'],
  ['data', 'lost', 'gone'],
  ['message', 'lost', undefined],
  ['mailfrom', 'lost', 'doubtful', {isDirty: true}],
  ['mailfrom', 'lost', undefined, {isFresh: true}],
  ['mailfrom', '421 4.3.2', 'gone'],
  ['rcptto', '421', 'gone'],
  ['data', '421', 'gone'],
  ['message', '421', undefined],
  ['mailfrom', '421', undefined, {isFresh: true}],
  ['mailfrom', 'timeout', undefined],
  ['mailfrom', 'invalid', 'doubtful'],
  ['mailfrom', '503 5.5.1', 'doubtful'],
  ['mailfrom', '250', 'doubtful'],
  ['mailfrom', '452 4.3.1', 'refused'],
  ['mailfrom', '550 5.7.1 no', undefined],
  ['mailfrom', '550 5.7.1 too many messages', 'refused'],
  ['mailfrom', '554 4.7.0', 'refused'],
  ['mailfrom', '452 4.3.1', undefined, {hasTakenMail: false}],
  ['mailfrom', '503', undefined, {hasTakenMail: false}],
  ['rcptto', '452 4.5.3', undefined],
  ['rcptto', '503', undefined],
  ['data', 'timeout', undefined],
])('at %s, %s spends a connection that was used before: %s %o', (stage, event, spent, wear = {}) => {
  expect(spentBy(failureOf(stage, event), {...used, ...wear})).toBe(spent);
});

test.each<[Stage, Spent, boolean, boolean]>([
  ['mailfrom', 'refused', false, true],
  ['mailfrom', 'refused', true, true],
  ['mailfrom', 'gone', false, true],
  ['mailfrom', 'gone', true, false],
  ['mailfrom', 'doubtful', false, false],
  ['rcptto', 'gone', false, false],
  ['data', 'gone', false, false],
])(
  'at %s, a connection that is %s may show a limit of messages; idle before: %s',
  (stage, spent, wasIdle, expected) => {
    expect(mayBeLimit(failureOf(stage, 'lost'), spent, wasIdle)).toBe(expected);
  },
);

test.each<[Stage, string, boolean, boolean]>([
  ['ehlo', 'lost', false, false],
  ['mailfrom', 'lost', true, false],
  ['mailfrom', 'invalid', true, false],
  ['mailfrom', '503', true, false],
  ['mailfrom', '550', false, false],
  ['mailfrom', 'timeout', false, false],
  ['rcptto', 'lost', true, true],
  ['rcptto', '503 5.5.1', true, true],
  ['rcptto', '550 5.1.1', false, true],
  ['data', 'invalid', true, true],
  ['data', '554', false, true],
  ['message', 'lost', false, true],
  ['message', '503', false, true],
])('at %s, %s may come of pipelining: %s; MAIL was taken: %s', (stage, event, confused, taken) => {
  const failure = failureOf(stage, event);
  expect([isConfused(failure), isMailTaken({ok: false, failure})]).toEqual([confused, taken]);
});
