// A group with a problem keeps its whole last good value; without one, mail waits or the default counts.

import {describe, expect, test} from 'vitest';
import {defaults, parse, readingOf} from './settings-under-test.ts';

describe('settings that are one decision stay together', () => {
  const before = {
    smarthost: 'old.example.net',
    'smarthost-username': 'u',
    'smarthost-password': 'p',
    'smtp-sink-ip': '192.0.2.9',
    'retry-interval': '5',
    'max-delivertime': '6',
    'max-attempts': '7',
    'helo-name': 'old.example',
    'mx-port': '26',
    'capacity/example.org': '{"connections": 8}',
  };
  const last = readingOf(before);
  const previous = last.settings;

  test.each([
    ['smarthost', {smarthost: 'new.example.net', 'smarthost-port': 'x'}],
    ['smarthost', {smarthost: 'new.example.net', 'smarthost-username': 'v'}],
    ['sink', {'smtp-sink-ip': '192.0.2.10', 'smtp-sink-port': '0'}],
    ['mx', {'mx-port': '25', 'mx-name-servers': 'x'}],
    ['retryIntervals', {'retry-interval': '1,x'}],
    ['maxDeliverTime', {'max-delivertime': 'x'}],
    ['maxAttempts', {'max-attempts': 'x'}],
    ['heloName', {'helo-name': '-'}],
    ['capacity', {'capacity/example.org': 'x'}],
  ] as const)('with a problem, %s keeps its whole last good value', (group, parameters) => {
    expect(parse(parameters, last).settings).toEqual({...defaults, [group]: previous[group]});
  });

  test.each([
    ['smarthost', {'smarthost-port': 'x'}],
    ['smarthost', {smarthost: 'new.example.net', 'smarthost-password': 'p'}],
    ['sink', {'smtp-sink-ip': '-'}],
    ['sink', {'smtp-sink': 'sink.example'}],
    ['mx', {'mx-port': 'x'}],
  ] as const)(
    'what decides where mail goes is unknown without a last good value: %s of %j',
    (group, parameters) => {
      const reading = readingOf(parameters);
      expect(reading.settings).toEqual({...defaults, unknown: new Set([group]), knownFromMs: 0});
      // It stays unknown while it is wrong. Without parameters it is good, and that is a last good value.
      const again = readingOf(parameters, reading);
      expect(again.settings.unknown).toEqual(new Set([group]));
      const right = readingOf({}, again);
      expect(right.settings).toEqual(defaults);
      expect(readingOf(parameters, right).settings).toEqual(defaults);
    },
  );

  test('headers are not obeyed while nobody can read whether they are to be', () => {
    expect(parse({'mq-headers': 'striped'}).settings.mqHeaders).toBe('stripped');
    expect(parse({'mq-headers': 'striped'}, last).settings.mqHeaders).toBe('obeyed');
  });

  test.each([
    {'retry-interval': '1,x'},
    {'max-delivertime': 'x'},
    {'max-attempts': 'x'},
    {'helo-name': '-'},
    {'capacity/default': 'x'},
  ])('%j alone falls back to the default', parameters => {
    const parsed = parse({...parameters, smarthost: 'mx.example.net'});
    expect(parsed.settings).toEqual({...defaults, smarthost: {hosts: ['mx.example.net'], port: 25}});
    expect(parsed.problems).toHaveLength(1);
  });
});
