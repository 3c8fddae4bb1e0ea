import {expect, test} from 'vitest';
import {defaults, expectRight, expectWrong, parse, readingOf} from '../settings-under-test.ts';

const noQueue = 'must end in default, smarthost, or the name of a domain or host';

test.each([
  [
    {'capacity/Example.ORG': '{"connections": 1000}'},
    {capacity: new Map([['example.org', {connections: 1000}]])},
  ],
])('%j', expectRight);

test.each([
  ['capacity/', '{}', noQueue],
  ['capacity/example.org/connections', '5', noQueue],
  ['capacity/-', '{}', noQueue],
  ['capacity/default', 'five', 'must be JSON such as {"connections": 5}'],
  ['capacity/default', '[5]', 'must be JSON such as {"connections": 5}'],
  [
    'capacity/default',
    '{"hunter2": 5, "hunter3": 1, "idleSeconds": -1}',
    'has an unknown member; known are connections, messagesPerConnection, messagesPerFlight, connectTimeout, idleSeconds, idleConnections, messagesPerMinute; has idleSeconds, which must be a whole number from 0 to 300',
  ],
  [
    'capacity/example.org',
    '{"connection": 5}',
    'has an unknown member; known are connections, messagesPerConnection, messagesPerFlight, connectTimeout, idleSeconds, idleConnections, messagesPerMinute',
  ],
  [
    'capacity/example.org',
    '{"connections": 0}',
    'has connections, which must be a whole number from 1 to 1000',
  ],
  [
    'capacity/example.org',
    '{"connections": 1001}',
    'has connections, which must be a whole number from 1 to 1000',
  ],
  [
    'capacity/smarthost',
    '{"connections": "5"}',
    'has connections, which must be a whole number from 1 to 1000',
  ],
])('%s is wrong: %j', expectWrong);

test.each([
  ['messagesPerConnection', 1, 1_000_000],
  ['messagesPerFlight', 1, 100],
  ['connectTimeout', 1, 300],
  ['idleSeconds', 0, 300],
  ['idleConnections', 0, 1000],
  ['messagesPerMinute', 0, 1_000_000],
])('a capacity’s %s is from %i to %i', (member, least, most) => {
  const problemsWith = (value: number) =>
    parse({'capacity/default': JSON.stringify({[member]: value})}).problems;
  expect([least, most].flatMap(problemsWith)).toEqual([]);
  const problem = `has ${member}, which must be a whole number from ${least} to ${most}`;
  for (const value of [least - 1, most + 1, least + 0.5])
    expect(problemsWith(value)).toEqual([{path: 'capacity/default', problem}]);
});

test('each capacity is a matter of its own', () => {
  const last = readingOf({'capacity/example.org': '{"connections": 8}'});
  const wrong = {
    'capacity/example.org': 'x',
    'capacity/default': '{"connections": 9}',
    'capacity/a.b': '{',
  };
  const capacity = {default: {connections: 9}, 'example.org': {connections: 8}};
  expect(parse(wrong, last).settings.capacity).toEqual(new Map(Object.entries(capacity)));
  expect(parse(wrong).settings.capacity).toEqual(new Map([['default', {connections: 9}]]));
  expect(parse({}, last).settings.capacity).toEqual(defaults.capacity);
});

test('a capacity that is there twice is a problem, and one of them counts', () => {
  const twice = {'capacity/a.example': '{"connections": 3}', 'capacity/A.example': '{"connections": 4}'};
  const {settings, problems} = parse(twice);
  expect(settings.capacity).toEqual(new Map([['a.example', {connections: 3}]]));
  const problem = 'is there again, in another case: remove one of them';
  expect(problems).toEqual([{path: 'capacity/A.example', problem}]);
});
