import {expect, test} from 'vitest';
import {parseSettings} from '../../../shared/settings/settings.ts';
import {defaults, expectRight, expectWrong, parse, readingOf} from './settings-under-test.ts';

const seconds = 'must be a whole number from 1 to 31536000';

test.each([
  [{}, {}],
  [{'retry-interval': '60, 120,1'}, {retryIntervals: [60, 120, 1]}],
  [{'max-delivertime': '3600'}, {maxDeliverTime: 3600}],
  [{'max-attempts': '0'}, {maxAttempts: 0}],
  [{'max-attempts': '1000000'}, {maxAttempts: 1_000_000}],
  [{'helo-name': 'Out.example.org'}, {heloName: 'out.example.org'}],
  [{'mq-headers': 'obeyed'}, {}],
  [{'mq-headers': 'stripped'}, {mqHeaders: 'stripped'}],
  [{'mq-headers': 'refused'}, {mqHeaders: 'refused'}],
  [{strict: 'true'}, {strict: true}],
  [{strict: 'false'}, {}],
  [{'smarthost-private-addresses': 'allowed'}, {smarthostPrivateAddresses: true}],
  [{'smarthost-private-addresses': 'refused'}, {}],
  [{'results-kinds': 'results'}, {resultsKinds: new Set(['results'])}],
  [{'results-kinds': 'none'}, {resultsKinds: new Set()}],
  [{'results-kinds': 'failure, retry'}, {resultsKinds: new Set(['failure', 'retry'])}],
  [{'results-detail': 'none'}, {}],
  [{'results-detail': 'sent, banner'}, {resultsDetail: new Set(['sent', 'banner'])}],
  [{'results-detail': 'full'}, {resultsDetail: new Set(['banner', 'certificate', 'extracted', 'sent'])}],
])('%j', expectRight);

test.each([
  ['retry-interval', '0', seconds],
  ['retry-interval', '600,', seconds],
  ['retry-interval', '10m', seconds],
  ['max-delivertime', '0', seconds],
  ['max-delivertime', '1e3', seconds],
  ['max-attempts', '-1', 'must be a whole number from 0 to 1000000'],
  ['helo-name', 'a b', 'has a domain that is not a host name such as example.org'],
  ['mq-headers', 'ignored', 'must be one of obeyed, stripped, refused'],
  ['results-kinds', 'none,retry', 'must be none alone, or a list without it'],
  ['results-detail', 'full,sent', 'must be full alone, or a list without it'],
  ['results-detail', 'sent,none', 'must be none alone, or a list without it'],
  ['results-detail', 'subject', 'must be a list of banner, certificate, extracted, sent; or full, or none'],
  ['strict', 'yes', 'must be one of true, false'],
  ['smarthost-private-addresses', 'yes', 'must be one of refused, allowed'],
  ['results-kinds', 'results,dsn', 'must be a list of results, success, failure, retry; or none'],
])('%s is wrong: %j', expectWrong);

const everyName = {
  smarthost: 'hunter2 x',
  'smarthost-port': 'hunter2',
  'smarthost-password': 'hunter2',
  'smarthost-security': 'hunter2',
  'smtp-sink-ip': 'hunter2 x',
  'smtp-sink-password': 'hunter2',
  'retry-interval': 'hunter2',
  'max-delivertime': 'hunter2',
  'max-attempts': 'hunter2',
  'helo-name': 'hunter2 x',
  'mx-port': 'hunter2',
  'mx-private-addresses': 'hunter2',
  'mx-mta-sts': 'hunter2',
  'mx-name-servers': 'hunter2',
  'mx-resolver': 'hunter2',
  'smarthost-ca': 'hunter2',
  'smtp-sink': 'smtp://hunter2:hunter2',
  'mq-headers': 'hunter2',
  strict: 'hunter2',
  'smarthost-private-addresses': 'hunter2',
  'results-kinds': 'hunter2',
  'results-detail': 'hunter2',
  'capacity/example.org': '{"hunter2": "hunter2"}',
  'not-known': 'hunter2',
};

test('every problem is reported at once, and none holds a value', () => {
  const {problems, settings} = parse(everyName);
  expect(problems.map(({path}) => path).sort()).toEqual(Object.keys(everyName).sort());
  expect(JSON.stringify(problems)).not.toContain('hunter2');
  expect(settings).toEqual({
    ...defaults,
    unknown: new Set(['smarthost', 'sink', 'mx']),
    knownFromMs: 0,
    mqHeaders: 'stripped',
  });
});

test.each(['', ' ', '\n', ' \t\r\n', '\u00a0\ufeff'])('%j is no value, whatever the name', value => {
  const names = [...Object.keys(everyName), 'capacity/default', 'capacity/example.org', 'not-known'];
  expect(parse(Object.fromEntries(names.map(name => [name, value])))).toEqual({
    settings: defaults,
    problems: [],
  });
});

test.each(['smarthost-hostname', 'Smarthost', '__proto__', 'smarthost/port'])('%s is unknown', name => {
  const {problems, settings} = parseSettings([{name, value: 'hunter2'}]);
  expect(problems).toEqual([
    {
      path: name,
      problem: expect.stringMatching(
        /^is unknown; known are smarthost, .*, capacity\/…, dkim-unsigned\/…, classes\/…, pauses\/…, errors\/…, windows\/…$/,
      ),
    },
  ]);
  expect(settings).toEqual(defaults);
});

test('an unknown name spoils nothing, and what is gone is unset', () => {
  const last = readingOf({smarthost: 'old.example.net', 'max-attempts': '7'});
  expect(parse({'not-known': 'x'}, last).settings).toEqual(defaults);
});

test('what is wrong in the same way several times is said once', () => {
  expect(parse({'mx-name-servers': 'x,y,z', 'results-kinds': 'a,b'}).problems).toHaveLength(2);
});
