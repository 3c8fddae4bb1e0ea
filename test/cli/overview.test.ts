// The data of `relayq status`, and what a terminal shows of it.

import {describe, expect, test} from 'vitest';
import {overviewLines} from '../../cli/status/overview-text.ts';
import type {Entry} from '../../shared/delivery/receivers/entry.ts';
import type {ReceiverSummary} from '../../shared/overview/activity.ts';
import {type OverviewSources, overviewOf, type QueueDepth} from '../../shared/overview/overview.ts';
import {parseSettings} from '../../shared/settings/settings.ts';
import {now} from '../samples/messages.ts';

const second = 1_000;
const summary = (more: Partial<ReceiverSummary> = {}): ReceiverSummary => ({
  counts: {accepted: 0, deferred: 0, bounced: 0, expired: 0, held: 0},
  inside: 0,
  outside: 0,
  ...more,
});
const entry = (receiver: string, more: Partial<Entry>): Entry => ({
  receiver,
  failures: 3,
  lates: 0,
  signMs: now,
  reason: 'connect refused',
  ...more,
});
const down = {down: {sinceMs: now - second}, probe: {dueMs: now + 30 * second}};
const slow = {slow: {sinceMs: now, fromMs: now, lateMs: now, works: true}};
const depth = (name: string, visible: number, inFlight = 0): QueueDepth => ({
  name: `relayq-dev-${name}`,
  visible,
  inFlight,
  delayed: 0,
});

function sourcesWith(
  parameters: Readonly<Record<string, string>>,
  summaries: Readonly<Record<string, ReceiverSummary>>,
  more: Partial<OverviewSources> = {},
): OverviewSources {
  const list = Object.entries(parameters).map(([name, value]) => ({name, value}));
  const {settings, problems} = parseSettings(list);
  return {
    stage: 'dev',
    nowMs: now,
    settings,
    settingsProblems: problems,
    settingsSinceMs: undefined,
    queues: [depth('outbox', 1), depth('delivery.fifo', 4, 2)],
    ages: new Map(),
    deadLetters: [depth('outbox-dlq', 0)],
    entries: [],
    activity: new Map(Object.entries(summaries)),
    activityMs: {since: now - 3600 * second, until: now},
    activityProblem: undefined,
    ...more,
  };
}
const rowsOf = (...args: Parameters<typeof sourcesWith>) => overviewOf(sourcesWith(...args)).domains;

describe('a domain', () => {
  test.each<[string, ReceiverSummary, Partial<Entry> | undefined, string]>([
    ['mail in its queue', summary({inside: 1}), undefined, 'working'],
    ['mail that waits outside alone', summary({outside: 1}), undefined, 'waiting'],
    [
      'more mail than its rate',
      summary({inside: 1, outside: 1, cause: 'its queue is over its rate'}),
      undefined,
      'over its rate',
    ],
    ['a slow receiver', summary({inside: 1}), slow, 'slow'],
    ['a receiver that is down', summary(), down, 'down'],
    ['a slow receiver that is down', summary(), {...slow, ...down}, 'down'],
  ])('with %s', (_, activity, known, state) => {
    const entries = known ? [entry('a.example', known)] : [];
    expect(rowsOf({}, {'a.example': activity}, {entries})).toMatchObject([{receiver: 'a.example', state}]);
  });

  test('that is down says since when it is tried again, and why it is down', () => {
    const [row] = rowsOf({}, {}, {entries: [entry('a.example', down)]});
    expect(row).toMatchObject({nextAttempt: '2030-01-01 12:00:30', lastError: 'connect refused'});
  });

  test('of which nothing is heard is not active, though it has failed', () => {
    expect(rowsOf({}, {'b.example': summary()}, {entries: [entry('a.example', {})]})).toEqual([]);
  });

  test('with more mail stands above one with less', () => {
    const rows = rowsOf({}, {'a.example': summary({inside: 1}), 'b.example': summary({inside: 2})});
    expect(rows.map(({receiver}) => receiver)).toEqual(['b.example', 'a.example']);
  });
});

describe('with a smarthost', () => {
  const smarthost = {smarthost: 'mail.example.net'};

  test.each([
    ['at rest', {}],
    ['after domains were active', {'a.example': summary({inside: 3})}],
  ])('there is one row, %s, with what SQS counts', (_, activity) => {
    expect(rowsOf(smarthost, activity)).toMatchObject([
      {queue: '(smarthost)', waiting: 5, inFlight: 2, isAbout: false},
    ]);
  });

  test('a smarthost that messages name is another receiver of the same queue', () => {
    const own = '(smarthost)!other.example.net:25';
    const rows = rowsOf(smarthost, {[own]: summary({inside: 1})});
    expect(rows.map(({queue, receiver}) => [queue, receiver])).toEqual([
      ['(smarthost)', own],
      ['(smarthost)', '(smarthost)'],
    ]);
  });
});

const textOf = (columns: number, ...args: Parameters<typeof sourcesWith>) =>
  overviewLines(overviewOf(sourcesWith(...args)), {
    columns,
    hasColours: false,
    timeOf: time => `${time}Z`,
    mostRows: 2,
  });
const refusing = {
  'a.example': summary({counts: {...summary().counts, deferred: 2}, lastError: '450 later'}),
};

describe('what a terminal shows', () => {
  test('has the reason in the row where there is room, and below it elsewhere', () => {
    expect(textOf(160, {}, refusing)).toContainEqual(expect.stringMatching(/^a\.example .* 450 later$/));
    expect(textOf(80, {}, refusing)).toContain('  450 later');
  });

  test('is no wider than the terminal', () => {
    const long = {['x'.repeat(200)]: summary({inside: 1, lastError: 'y'.repeat(500)})};
    const rows = textOf(80, {}, long).slice(4);
    expect(Math.max(...rows.map(row => row.length))).toBeLessThanOrEqual(80);
  });

  test('controls no terminal', () => {
    const hostile = {'a.example': summary({inside: 1, lastError: '450 \u001b[2J\u202e'})};
    const text = textOf(160, {}, hostile).join('');
    for (const character of ['\u001b', '\u202e']) expect(text).not.toContain(character);
  });

  test('counts the domains that are left out', () => {
    const many = Object.fromEntries(['a', 'b', 'c'].map(name => [name, summary({inside: 1})]));
    expect(textOf(160, {}, many)).toContain('… and 1 domain more: see --all');
  });

  test('is never zero for what is not known, and what is old is said to be old', () => {
    const unread = {activityMs: undefined, activityProblem: 'throttled', entries: [entry('a.example', down)]};
    const lines = textOf(160, {}, {}, unread);
    expect(lines.find(line => line.startsWith('a.example'))).not.toMatch(/\b0\b/);
    expect(lines).toContain('the log could not be read, so there are no counts: throttled');
    expect(overviewOf(sourcesWith({}, {}, unread)).domains[0]).not.toHaveProperty('counts');
    const old = {
      activityMs: {since: now - 60 * second, until: now - 12 * second},
      activityProblem: 'throttled',
    };
    expect(textOf(160, {}, {}, old)).toContain(
      'the log could not be read, so counts are 12 s old: throttled',
    );
  });

  test('does not say that mail goes to MX hosts while the smarthost of the settings is wrong', () => {
    const lines = textOf(160, {smarthost: 'mail.example.net', 'smarthost-port': 'x'}, {});
    expect(lines[0]).toContain('mail waits, as not known: smarthost');
    expect(lines[1]).toContain('smarthost-port');
  });
});

describe('the oldest message', () => {
  const queues = [depth('outbox', 1), depth('delivery.fifo', 4), depth('delivery-slow.fifo', 0)];
  test.each<[string, Readonly<Record<string, number>>, ReturnType<typeof overviewOf>['oldest']]>([
    [
      'is the oldest of all queues',
      {outbox: 7, 'delivery.fifo': 90},
      {queue: 'relayq-dev-delivery.fifo', seconds: 90},
    ],
    [
      'is in no queue that is empty by now',
      {outbox: 7, 'delivery-slow.fifo': 90},
      {queue: 'relayq-dev-outbox', seconds: 7},
    ],
    ['is not known where CloudWatch knows nothing', {}, null],
  ])('%s', (_, ages, oldest) => {
    const named = new Map(Object.entries(ages).map(([name, age]) => [`relayq-dev-${name}`, age]));
    expect(overviewOf(sourcesWith({}, {}, {queues, ages: named})).oldest).toEqual(oldest);
  });

  test('is shown with its age', () => {
    const ages = new Map([['relayq-dev-delivery.fifo', 200]]);
    expect(textOf(120, {}, {}, {queues, ages}).join('\n')).toContain(', oldest 3 min in delivery.fifo');
  });
});
