// Parameters of one server take seconds to be written: they count together, and nothing goes by half of them.

import {describe, expect, test} from 'vitest';
import {parseSettings, type Reading} from '../../../shared/settings/settings.ts';

describe('parameters that are written one by one', () => {
  const settleMs = 60_000;
  /** A reading at a time, of parameters with the time of their writing in seconds. */
  const readAt = (seconds: number, written: Record<string, readonly [string, number?]>, before?: Reading) => {
    const parameters = Object.entries(written).map(([name, [value, at]]) => ({
      name,
      value,
      ...(at !== undefined && {modifiedMs: at * 1000}),
    }));
    const nowMs = seconds * 1000;
    return parseSettings(parameters, before, {nowMs, settleMs, nextMs: nowMs + 60_000});
  };
  const seen = ({settings: {smarthost, sink, unknown, knownFromMs = 0}}: Reading) => ({
    smarthost: unknown.has('smarthost')
      ? undefined
      : smarthost && `${smarthost.credentials?.username ?? ''}@${smarthost.hosts[0]}:${smarthost.port}`,
    ...(sink && !unknown.has('sink') && {sink: sink.hosts[0]}),
    ...(unknown.size > 0 && {waits: [...unknown], untilS: knownFromMs / 1000}),
  });
  const pair = (name: string, at: number) =>
    ({
      'smarthost-username': [name, at],
      'smarthost-password': [`${name}-hunter2`, at],
    }) as const;
  const old = {smarthost: ['a.example', 0], ...pair('a', 0)} as const;
  const before = readAt(1000, old);

  test('count at once when they are old enough', () => {
    expect(seen(readAt(60, old))).toEqual({smarthost: 'a@a.example:25'});
    expect(seen(readAt(59, old))).toEqual({smarthost: undefined, waits: ['smarthost'], untilS: 60});
  });

  test.each([
    [{smarthost: ['b.example', 1010]}, 1070],
    [{smarthost: ['b.example', 1010], 'smarthost-username': ['b', 1011]}, 1071],
    [{...pair('b', 1015)}, 1075],
    [{'smarthost-port': ['587', 1010]}, 1070],
    [{'smarthost-security': ['optional', 1010]}, 1070],
    [{smarthost: ['smtp://b.example', 1010]}, 1070],
    // Before the reading before they were not there, and later than now is not yet.
    [{smarthost: ['b.example', 12]}, 1060],
    [{smarthost: ['b.example']}, 1060],
    [{smarthost: ['b.example', 9999]}, 1080],
  ] as const)('%j beside what was in force waits', (change, untilS) => {
    const after = {...old, ...change};
    const young = readAt(1020, after, before);
    expect(seen(young)).toEqual({smarthost: undefined, waits: ['smarthost'], untilS});
    expect(young.problems).toEqual([]);
    expect(seen(readAt(untilS - 1, after, young))).toEqual({
      smarthost: undefined,
      waits: ['smarthost'],
      untilS,
    });
    expect(seen(readAt(untilS, after, young))).not.toHaveProperty('waits');
    // Put back, it is what it was.
    expect(seen(readAt(1021, old, young))).toEqual({smarthost: 'a@a.example:25'});
  });

  test('each further change begins anew, and in the end all of them count', () => {
    const first = readAt(1060, {...old, smarthost: ['b.example', 1055]}, before);
    const second = readAt(1115, {...old, smarthost: ['b.example', 1055], ...pair('b', 1100)}, first);
    expect(seen(second)).toMatchObject({untilS: 1160});
    const last = readAt(1160, {...old, smarthost: ['b.example', 1055], ...pair('b', 1100)}, second);
    expect(seen(last)).toEqual({smarthost: 'b@b.example:25'});
  });

  test('half a pair is somebody typing: the last good value stays, and without one mail waits', () => {
    const half = {smarthost: ['b.example', 1010], 'smarthost-username': ['b', 1010]} as const;
    const reading = readAt(1020, half, before);
    expect(reading.problems).toEqual([
      {path: 'smarthost-username', problem: 'needs smarthost-password beside it'},
    ]);
    expect(seen(reading)).toEqual({smarthost: 'a@a.example:25'});
    expect(seen(readAt(1020, half))).toEqual({smarthost: undefined, waits: ['smarthost'], untilS: 1080});
    const both = {smarthost: ['b.example', 1010], ...pair('b', 1030)} as const;
    const typed = readAt(1040, both, reading);
    expect(seen(typed)).toEqual({smarthost: undefined, waits: ['smarthost'], untilS: 1090});
    expect(seen(readAt(1090, both, typed))).toEqual({smarthost: 'b@b.example:25'});
  });

  test('credentials that are deleted one after the other leave none, some time later', () => {
    const host = {smarthost: ['a.example', 0]} as const;
    const half = readAt(1010, {...host, 'smarthost-password': ['a-hunter2', 0]}, before);
    expect(seen(half)).toEqual({smarthost: 'a@a.example:25'});
    const none = readAt(1020, host, half);
    expect(seen(none)).toEqual({smarthost: undefined, waits: ['smarthost'], untilS: 1080});
    expect(seen(readAt(1080, host, none))).toEqual({smarthost: '@a.example:25'});
    // An environment that never knew better cannot tell.
    expect(seen(readAt(1020, host))).toEqual({smarthost: '@a.example:25'});
  });

  test('have no credentials before they count, but queues can be named by them', () => {
    const {settings} = readAt(1020, {...old, smarthost: ['b.example', 1010]}, before);
    expect(settings.smarthost).toEqual({hosts: ['b.example'], port: 25});
  });

  test.each([
    ['in smarthost-url', {...old, 'smarthost-url': ['smtp://b:b-hunter2@b.example', 1010]}, 'b@b.example:25'],
    [
      'without credentials in smarthost-url',
      {...old, 'smarthost-url': ['smtp://b.example', 1010]},
      '@b.example:25',
    ],
    ['in one URL', {smarthost: ['smtp://b:b-hunter2@b.example', 1010]}, 'b@b.example:25'],
    ['that is the same again', {...old, smarthost: [' a.example', 1010]}, 'a@a.example:25'],
    [
      'that is the same written anew',
      {...old, smarthost: ['a.example', 1010], ...pair('a', 1010)},
      'a@a.example:25',
    ],
  ] as const)('a smarthost %s counts at once', (_, parameters, smarthost) => {
    expect(seen(readAt(1011, parameters, before))).toEqual({smarthost});
  });

  test('without credentials before and after, everything counts at once', () => {
    const open = readAt(1000, {smarthost: ['a.example', 0], 'smtp-sink-ip': ['192.0.2.1', 0]});
    const changed = {
      smarthost: ['b.example', 1009],
      'smtp-sink-ip': ['192.0.2.2', 1009],
      'smarthost-port': ['26'],
    } as const;
    const reading = readAt(1010, changed, open);
    expect(seen(reading)).toEqual({smarthost: '@b.example:26', sink: '192.0.2.2'});
    expect(seen(readAt(1010, {}, reading))).toEqual({smarthost: undefined});
  });

  test('a sink is read together, too, and the earliest end is when to look again', () => {
    const young = {
      ...old,
      smarthost: ['b.example', 1005],
      'smtp-sink-ip': ['192.0.2.1', 1000],
      'smtp-sink-username': ['s', 1001],
      'smtp-sink-password': ['s-hunter2', 1002],
    } as const;
    const reading = readAt(1010, young, before);
    expect(seen(reading)).toEqual({smarthost: undefined, waits: ['smarthost', 'sink'], untilS: 1062});
    expect(seen(readAt(1062, young, reading))).toMatchObject({
      sink: '192.0.2.1',
      waits: ['smarthost'],
      untilS: 1065,
    });
  });
});
