// The line of a batch: what it says of receivers, what CloudWatch makes metrics of, and how it is read back.

import {expect, test} from 'vitest';
import {batchLine, parseBatchLine} from '../../../shared/delivery/batch-line.ts';
import {resolveDestination} from '../../../shared/delivery/destination.ts';
import {attempted, type Outcome, refused, stopped} from '../../../shared/delivery/outcome.ts';
import {entryOf} from '../../../shared/delivery/result-entry.ts';
import type {Tried} from '../../../shared/smtp/failure.ts';
import {incoming, message, now, parse, refusalOf, settings} from '../../samples/messages.ts';

const stage = settings();
const candidateFor = (recipient: string) => {
  const mail = message({recipient});
  return {message: mail, destination: resolveDestination(mail, stage)};
};
const attempt = (end: Tried) => ({...end, entry: entryOf(end, {}, now), durationMs: 7, tried: 1});
const refusal = (code: number, text: string): Tried => ({
  ok: false,
  failure: {stage: 'rcptto', result: 'error', reply: {code, text}, description: text},
});
const taken: Tried = {ok: true, reply: {code: 250, text: 'taken'}};
const outcomeFor = (recipient: string, end: Tried, timeMs = now) =>
  attempted(candidateFor(recipient), attempt(end), stage, timeMs);
const lineOf = (outcomes: readonly Outcome[], routed: readonly string[] = []) =>
  batchLine({function: 'deliver', stage: 'prod', outcomes, routed, timeMs: now});
const secondOf = (timeMs: number) => String(timeMs / 1000);

test('a batch is told by receiver, and as metrics without one', () => {
  const line = lineOf([
    outcomeFor('a@a.example', taken, now + 250),
    outcomeFor('b@a.example', taken, now + 350),
    outcomeFor('c@b.example', refusal(450, 'later')),
    outcomeFor('d@b.example', refusal(550, 'no such user')),
    stopped(candidateFor('e@c.example'), {kind: 'hold', untilMs: now + 5_000, cause: 'rate'}, stage, now),
    stopped(candidateFor('e@c.example'), {kind: 'hold', untilMs: now + 7_000}, stage, now),
    refused(incoming('no JSON'), refusalOf(parse('no JSON')), stage, now),
  ]);
  const inTenMinutes = now + 600_000;
  expect(line?.fields).toEqual({
    function: 'deliver',
    receivers: {
      accepted: {'a.example': 2},
      deferred: {'b.example': 1},
      bounced: {'b.example': 1},
      held: {'c.example': 1},
      waits: {
        'b.example': {[secondOf(inTenMinutes)]: 1},
        'c.example': {[secondOf(now + 5_000)]: 1, [secondOf(now + 7_000)]: 1},
      },
      next: {'b.example': inTenMinutes / 1000, 'c.example': (now + 7_000) / 1000},
      error: {'b.example': '550 5.0.0 no such user'},
      cause: {'c.example': 'rate'},
    },
    _aws: {
      Timestamp: now,
      CloudWatchMetrics: [
        {
          Namespace: 'relayq',
          Dimensions: [['stage']],
          Metrics: [
            {Name: 'attempts'},
            {Name: 'accepted'},
            {Name: 'deferred'},
            {Name: 'bounced'},
            {Name: 'invalid'},
            {Name: 'held'},
            {Name: 'timeToAcceptance', Unit: 'Milliseconds'},
          ],
        },
      ],
    },
    stage: 'prod',
    attempts: 4,
    accepted: 2,
    deferred: 1,
    bounced: 1,
    invalid: 1,
    held: 1,
    timeToAcceptance: [250, 350],
  });
});

test('a batch of which nothing became has no line, and one that was routed has no metrics', () => {
  expect(lineOf([])).toBeUndefined();
  expect(lineOf([], ['a.example', 'a.example'])?.fields).toEqual({
    function: 'deliver',
    receivers: {routed: {'a.example': 2}},
  });
});

test('a line of ten messages is no larger than ten domains need it to be, whatever servers say', () => {
  const outcomes = Array.from({length: 10}, (_, index) =>
    outcomeFor(`a@domain-${index}.example`, refusal(450, 'x'.repeat(10_000))),
  );
  expect(JSON.stringify(lineOf(outcomes)).length).toBeLessThan(4_000);
});

test.each(['constructor', '__proto__', 'a.example'])('a domain may be called %s', domain => {
  const line = batchLine({function: 'route', stage: 'dev', outcomes: [], routed: [domain], timeMs: now});
  const read = parseBatchLine(JSON.stringify({message: line?.message, ...line?.fields}));
  expect(read?.receivers.get(domain)).toEqual({routed: 1});
});

test('what was written is read back', () => {
  const line = lineOf([outcomeFor('c@b.example', refusal(450, 'later'))], ['b.example']);
  const read = parseBatchLine(JSON.stringify({level: 'info', message: line?.message, ...line?.fields}));
  const seconds = now / 1000 + 600;
  expect(read?.receivers.get('b.example')).toEqual({
    routed: 1,
    deferred: 1,
    waits: {[seconds]: 1},
    next: seconds,
    error: '450 4.0.0 later',
  });
});

test.each([
  'no JSON',
  '[]',
  '{"message":"attempt"}',
  '{"message":"batch"}',
  '{"message":"batch","function":"other","receivers":{}}',
  '{"message":"batch","function":"route","receivers":[]}',
])('%s is no line of a batch', text => {
  expect(parseBatchLine(text)).toBeUndefined();
});

test('what has another form is left out', () => {
  const receivers = {
    routed: {b: 'x'},
    accepted: {b: 1},
    waits: {b: {5: 'y', 6: 2}},
    next: {b: null},
    error: {b: {}},
    other: {b: 1},
    held: 7,
  };
  const read = parseBatchLine(JSON.stringify({message: 'batch', function: 'route', receivers}));
  expect(read?.receivers).toEqual(new Map([['b', {accepted: 1, waits: {6: 2}}]]));
});

test('mail that the suppression list ends is told by receiver, and is neither an error of it nor a bounce for the alarm', () => {
  const entry = {
    state: 'suppression',
    result: 'error',
    class: 'recipient',
    status: '5.7.1',
    description: 'suppressed',
  } as const;
  const line = lineOf([
    stopped(candidateFor('a@a.example'), {kind: 'end', fate: 'bounced', entry}, stage, now),
    stopped(candidateFor('b@a.example'), {kind: 'end', fate: 'bounced', entry}, stage, now),
    outcomeFor('c@b.example', refusal(550, 'no such user')),
  ]);
  expect(line?.fields).toMatchObject({bounced: 1, attempts: 1});
  expect(line?.fields.receivers).toEqual({
    bounced: {'a.example': 2, 'b.example': 1},
    error: {'b.example': '550 5.0.0 no such user'},
  });
});
