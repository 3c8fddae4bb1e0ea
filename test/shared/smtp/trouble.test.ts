import {expect, test} from 'vitest';
import {type Failure, factFailure} from '../../../shared/smtp/failure.ts';
import {isFullForLong, type Trouble, troubleAfter} from '../../../shared/smtp/trouble.ts';

const lost: Failure = {stage: 'connect', result: 'lost', description: ''};
const full = factFailure('intro', 'server-full', '');
const refused: Failure = {stage: 'rcptto', result: 'error', reply: {code: 550, text: ''}, description: ''};
const noReply: Failure = {stage: 'message', result: 'lost', description: ''};

const two: Trouble = {failures: 2, untilMs: 0};
const down: Trouble = {failures: 3, untilMs: 10_000};

test.each<[string, Failure, Trouble | undefined, nowMs: number, Trouble | undefined]>([
  ['a first failure', lost, undefined, 0, {failures: 1, untilMs: 0}],
  ['a third failure', lost, two, 500, {failures: 3, untilMs: 10_500}],
  ['a failure while it is down', lost, down, 9_999, down],
  ['a failure of the probe', lost, down, 10_000, {failures: 4, untilMs: 30_000}],
  ['a failure of the tenth probe', lost, {failures: 12, untilMs: 0}, 0, {failures: 13, untilMs: 300_000}],
  ['a refusal of a message, which is an answer', refused, two, 0, undefined],
  ['a silence that is no fault of the server', noReply, two, 0, two],
  ['no room', full, undefined, 0, {failures: 0, full: 1, untilMs: 5_000}],
  [
    'no room again',
    full,
    {failures: 0, full: 1, untilMs: 5_000},
    5_000,
    {failures: 0, full: 2, untilMs: 10_000},
  ],
  ['no room while it is down', full, down, 0, down],
  [
    'a failure after there was no room',
    lost,
    {failures: 0, full: 9, untilMs: 0},
    1,
    {failures: 1, untilMs: 0},
  ],
])('%s', (_, failure, before, nowMs, after) => {
  expect(troubleAfter(failure, before, nowMs)).toEqual(after);
});

test('a target has been full for long after more than sixty times', () => {
  expect([undefined, 60, 61].map(times => isFullForLong({...two, ...(times && {full: times})}))).toEqual([
    false,
    false,
    true,
  ]);
});
