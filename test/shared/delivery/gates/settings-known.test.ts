// Mail waits for what is not known of the settings, if it depends on it, and keeps its attempts.

import {describe, expect, test} from 'vitest';
import {resolveDestination} from '../../../../shared/delivery/destination.ts';
import type {Decide} from '../../../../shared/delivery/gate.ts';
import {settingsKnown} from '../../../../shared/delivery/gates/settings-known.ts';
import type {Message} from '../../../../shared/message/message.ts';
import type {SettingName} from '../../../../shared/settings/setting-groups.ts';
import type {Settings} from '../../../../shared/settings/settings.ts';
import {bodyWith, incoming, message, now, parse, settings} from '../../../samples/messages.ts';
import {decideRoute} from '../route-under-test.ts';

const own = {smarthost: {hostname: 'own.example.net'}};
const withSmarthost = {smarthost: 'mx.example.net'};
const withSink = {'smtp-sink-ip': '192.0.2.1'};

const unknownIn = (
  parameters: Record<string, string>,
  unknown: readonly SettingName[],
  knownFromMs = now + 60_000,
): Settings => ({...settings(parameters), unknown: new Set(unknown), knownFromMs});

const waitOf = (mail: Message, known: Settings) => {
  const candidate = {message: mail, destination: resolveDestination(mail, known)};
  const batch = {candidates: [candidate], settings: known, now: () => now};
  const stop = (settingsKnown(batch) as Decide)(candidate, now);
  return stop?.kind === 'hold' ? {reason: stop.facts?.reason, untilMs: stop.untilMs} : undefined;
};

const reasonOf = (unknown: SettingName) => `the ${unknown} of the settings is invalid or just being written`;

describe('a message waits for', () => {
  test.each<[readonly SettingName[], object, object, SettingName | undefined]>([
    [[], {}, {}, undefined],
    [['smarthost'], {}, {}, 'smarthost'],
    [['smarthost'], own, {}, undefined],
    [['smarthost'], {}, withSink, undefined],
    [['smarthost'], own, withSink, undefined],
    [['sink'], {}, {}, 'sink'],
    [['sink'], own, {}, 'sink'],
    [['sink'], {}, withSmarthost, 'sink'],
    [['mx'], {}, {}, 'mx'],
    [['mx'], own, {}, undefined],
    [['mx'], {}, withSmarthost, undefined],
    [['mx'], {}, withSink, undefined],
    [['smarthost', 'mx'], {}, {}, 'smarthost'],
    [['smarthost', 'mx'], own, {}, undefined],
    [['smarthost', 'sink', 'mx'], own, {}, 'sink'],
  ])('%j unknown, message %j, settings %j: %s', (unknown, properties, parameters, expected) => {
    const known = unknownIn(parameters as Record<string, string>, unknown);
    expect(waitOf(message(properties as Record<string, unknown>), known)).toEqual(
      expected && {reason: reasonOf(expected), untilMs: now + 60_000},
    );
  });

  test.each([
    [60_000, 60_000],
    [1001, 1001],
    [1000, 1000],
    [999, 1000],
    [0, 1000],
    [-60_000, 1000],
  ])('settings that may be known in %i ms for %i', (inMs, waitsMs) => {
    const wait = waitOf(message(), unknownIn({}, ['smarthost'], now + inMs));
    expect(wait?.untilMs).toBe(now + waitsMs);
  });
});

describe('route', () => {
  const decide = (properties: Record<string, unknown>, known: Settings) => {
    const body = bodyWith(properties);
    return decideRoute(parse(body), incoming(body), known, now);
  };
  const known = unknownIn({}, ['smarthost'], now + 42_500);

  test('holds it, for as long as they need, before it has a queue', () => {
    const decision = decide({}, known);
    expect(decision).toEqual({
      kind: 'hold',
      body: expect.any(String),
      delaySeconds: 43,
      reason: reasonOf('smarthost'),
    });
    expect(JSON.parse(decision.body).relayq).toMatchObject({id: 'message-1', attempts: 0});
  });

  test('holds no longer than SQS can', () => {
    expect(decide({}, unknownIn({}, ['mx'], now + 86_400_000))).toMatchObject({
      kind: 'hold',
      delaySeconds: 900,
    });
  });

  test('lets the others go', () => {
    expect(decide(own, known)).toMatchObject({kind: 'deliver'});
  });

  test.each([
    [{recipient: 'nobody'}, 'answer'],
    [{maxdelivertime: '2030-01-01 11:00:00'}, 'answer'],
    [{nextattempt: {time: '2030-01-01 12:05:00'}}, 'hold'],
  ])('does with %j as always', (properties, kind) => {
    const decision = decide(properties, known);
    expect(decision.kind).toBe(kind);
    expect(decision).toEqual(decide(properties, settings()));
  });
});
