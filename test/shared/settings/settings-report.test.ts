import {expect, test} from 'vitest';
import {parseSettings, type Reading} from '../../../shared/settings/settings.ts';
import {changesReport, problemsLine} from '../../../shared/settings/settings-report.ts';
import {now} from '../../samples/messages.ts';

const clockAt = (seconds: number) => {
  const nowMs = now + seconds * 1000;
  return {nowMs, settleMs: 60_000, nextMs: nowMs + 60_000};
};

/** What is told of readings a minute apart, each of parameters that were written just before it. */
function told(...readings: readonly Record<string, string>[]) {
  const written = new Map<string, {readonly value: string; readonly modifiedMs: number}>();
  let before: Reading | undefined;
  let pending: ReturnType<typeof changesReport>['pending'] = new Map();
  return readings.map((parameters, index) => {
    const clock = clockAt(index * 60);
    const list = Object.entries(parameters).map(([name, value]) => {
      const last = written.get(name);
      const modifiedMs = last?.value === value ? last.modifiedMs : clock.nowMs - 10_000;
      written.set(name, {value, modifiedMs});
      return {name, value, modifiedMs};
    });
    const reading = parseSettings(list, before, clock);
    const report = changesReport(reading, before, pending);
    const problem = problemsLine(reading, before);
    pending = report.pending;
    before = reading;
    return [...report.lines, ...(problem ? [problem] : [])].map(
      ({message, fields}): Record<string, unknown> => ({message, ...fields}),
    );
  });
}

const inForce = 'settings changed; they are in force';
const settling = 'settings changed; they count together when they have been left alone for a while';
const own = 'mail without a smarthost of its own';
const bad = (instead: string) => `settings have problems; ${instead}`;
const lastGood = bad('the last good values stay in force');

test('the first reading is no news, and neither is the same again', () => {
  const settings = {smarthost: 'a.example', 'capacity/default': '{"connections": 5}'};
  expect(told(settings, settings)).toEqual([[], []]);
});

test('changes are told by name, once', () => {
  const first = {smarthost: 'a.example', 'max-attempts': '1', 'smarthost-port': '587', 'capacity/a.b': '{}'};
  const second = {smarthost: 'b.example', 'max-attempts': '1', 'capacity/c.d': '{}', strict: 'true'};
  const change = {
    message: inForce,
    changed: ['smarthost'],
    removed: ['capacity/a.b', 'smarthost-port'],
    added: ['capacity/c.d', 'strict'],
  };
  expect(told(first, second, second)).toEqual([[], [change], []]);
});

test('credentials that are written one by one are told when they come, and when they are in force', () => {
  const first = {smarthost: 'a.example'};
  const host = {smarthost: 'b.example', 'smarthost-username': 'b'};
  const both = {...host, 'smarthost-password': 'hunter2'};
  const half = {
    message: lastGood,
    problems: ['smarthost-username needs smarthost-password beside it (written 2030-01-01 12:00:50 UTC)'],
  };
  expect(told(first, host, both, both)).toEqual([
    [],
    [half],
    [{message: settling, added: ['smarthost-password'], until: '2030-01-01 12:02:50', waiting: own}],
    [{message: inForce, changed: ['smarthost'], added: ['smarthost-password', 'smarthost-username']}],
  ]);
});

test('an environment that begins meanwhile says that mail waits, and when it goes on', () => {
  const settings = {
    smarthost: 'b.example',
    'smarthost-username': 'b',
    'smarthost-password': 'hunter2',
    strict: 'true',
  };
  const added = ['smarthost', 'smarthost-password', 'smarthost-username'];
  expect(told(settings, settings)).toEqual([
    [{message: settling, added, until: '2030-01-01 12:00:50', waiting: own}],
    [{message: inForce, added}],
  ]);
});

test.each([
  ['mail that depends on them waits', {'smarthost-port': 'x'}, own],
  ['mail that depends on them waits', {'mx-port': 'x'}, 'mail for MX hosts'],
  ['mail that depends on them waits', {'smarthost-port': 'x', 'mx-port': 'x'}, own],
  ['mail that depends on them waits', {'smtp-sink-port': 'x', 'mx-port': 'x'}, 'all mail'],
  ['mail that depends on them waits', {'smtp-sink-ip': '192.0.2.1', 'mx-port': 'x'}, undefined],
  ['the defaults count in their place', {'capacity/default': 'x'}, undefined],
] as const)('what is wrong, since when, and what it costs: %s with %j', (instead, parameters, waiting) => {
  const [[line] = [], again] = told(parameters, {...parameters});
  expect(line).toMatchObject({message: bad(instead), ...(waiting && {waiting})});
  expect('waiting' in line!).toBe(waiting !== undefined);
  for (const problem of line!.problems as string[])
    expect(problem).toMatch(/ \(written 2030-01-01 11:59:50 UTC\)$/);
  expect(again![0]).toMatchObject({problems: line!.problems});
});

test('no value is in any line', () => {
  const names = [
    'smarthost',
    'smarthost-port',
    'smarthost-username',
    'smtp-sink',
    'helo-name',
    'capacity/a.b',
    'x.y',
  ];
  const settings = Object.fromEntries(names.map(name => [name, 'hunter2 hunter2']));
  expect(JSON.stringify(told({}, settings, {}, {'smarthost-password': 'hunter2'}, {}))).not.toContain(
    'hunter2',
  );
});

test('versions are told where SSM has them, so that a change can be told from the one before', () => {
  const readingOf = (version: number, value: string, before?: Reading) =>
    parseSettings([{name: 'strict', value, version}], before, clockAt(version));
  const first = readingOf(1, 'false');
  const second = readingOf(2, 'true', first);
  expect(changesReport(second, first, new Map()).lines[0]?.fields).toEqual({
    changed: ['strict'],
    versions: {strict: 2},
  });
  // The same again, written anew.
  expect(changesReport(readingOf(3, 'true', second), second, new Map()).lines).toEqual([]);
});
