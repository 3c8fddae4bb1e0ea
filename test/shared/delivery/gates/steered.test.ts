import {describe, expect, test} from 'vitest';
import {resolveDestination} from '../../../../shared/delivery/destination.ts';
import {type Gate, openGates} from '../../../../shared/delivery/gate.ts';
import {forcedBounce, forcedDeferral, inWindow, paused} from '../../../../shared/delivery/gates/steered.ts';
import type {Settings} from '../../../../shared/settings/settings.ts';
import {bodyWith, messageOf, now, parse} from '../../../samples/messages.ts';
import {readingOf} from '../../settings/settings-under-test.ts';

const settingsOf = (parameters: Record<string, string>): Settings => readingOf(parameters).settings;
const ruleOf = (rule: object) => JSON.stringify({reason: 'r', ...rule});

async function stopBy(
  gate: Gate,
  parameters: Record<string, string>,
  properties: Record<string, unknown> = {},
  nowMs = now,
) {
  const settings = settingsOf(parameters);
  const message = messageOf(parse(bodyWith(properties)));
  const candidate = {message, destination: resolveDestination(message, settings)};
  return (await openGates([gate], {candidates: [candidate], settings, now: () => nowMs}))(candidate, nowMs);
}

describe('a pause is for', () => {
  const smarthost = {hostname: 'smtp.example.net', port: 587};
  const cases: [string, object, Record<string, unknown>, boolean][] = [
    ['all mail', {all: true}, {}, true],
    ['a domain', {domain: 'example.org'}, {}, true],
    ['a domain in capitals', {domain: 'EXAMPLE.org'}, {recipient: 'a@Example.Org'}, true],
    ['no other domain', {domain: 'example.org'}, {recipient: 'a@sub.example.org'}, false],
    ['the domains of a pattern', {domain: '*.example.org'}, {recipient: 'a@sub.example.org'}, true],
    ['an IDN as its A-labels', {domain: 'xn--bcher-kva.example'}, {recipient: 'a@bücher.example'}, true],
    ['a tag', {tag: 'spring'}, {tags: ['summer', 'spring']}, true],
    ['no mail without the tag', {tag: 'spring'}, {tags: ['springtime']}, false],
    ['what has both', {tag: 'spring', domain: 'example.org'}, {tags: ['spring']}, true],
    ['no mail that lacks one', {tag: 'spring', domain: 'example.com'}, {tags: ['spring']}, false],
    ['a recipient, in any case', {recipient: 'RCPT@example.org'}, {}, true],
    ['no other recipient', {recipient: 'other@example.org'}, {}, false],
    ['one message', {id: 'message-1'}, {}, true],
    ['no other message', {id: 'message-2'}, {}, false],
    ['a next hop', {nextHop: 'smtp.example.net'}, {smarthost}, true],
    ['a next hop with its port', {nextHop: 'smtp.example.net:587'}, {smarthost}, true],
    ['no other port', {nextHop: 'smtp.example.net:25'}, {smarthost}, false],
    ['the next hops of a pattern', {nextHop: '*.example.net'}, {smarthost}, true],
    [
      'any host of a next hop',
      {nextHop: 'b.example.net'},
      {smarthost: {hostname: ['a.example.net', 'b.example.net']}},
      true,
    ],
    ['no direct delivery', {nextHop: '*'}, {}, false],
  ];
  test.each(cases)('%s', async (_, selection, properties, isHeld) => {
    const stop = await stopBy(paused(), {'pauses/x': ruleOf(selection)}, properties);
    expect(stop?.kind).toBe(isHeld ? 'hold' : undefined);
  });

  test('no mail of a next hop that is not known yet: that waits for the settings', async () => {
    const settings = {
      ...settingsOf({'pauses/x': ruleOf({nextHop: '*'})}),
      unknown: new Set(['sink' as const]),
    };
    const message = messageOf(parse(bodyWith({smarthost: {hostname: 'a.example'}})));
    const candidate = {message, destination: resolveDestination(message, settings)};
    const decide = await openGates([paused()], {candidates: [], settings, now: () => now});
    expect(decide(candidate, now)).toBeUndefined();
  });
});

test('a pause holds mail until its time is over, noted by the hour, and says why and until when', async () => {
  const pause = ruleOf({reason: 'prices', all: true, expire: '2030-01-02 00:00:00'});
  expect(await stopBy(paused(), {'pauses/x': pause, 'max-delivertime': '5400'})).toEqual({
    kind: 'hold',
    untilMs: now + 5_400_000,
    heldUntilMs: now + 7_200_000,
    cause: 'paused by pauses/x',
    facts: {nextHop: 'mx:example.org', pause: 'pauses/x', reason: 'prices', until: '2030-01-02 00:00:00'},
  });
});

test('a pause that is over holds nothing', async () => {
  const pause = {'pauses/x': ruleOf({all: true, expire: '2030-01-01 12:00:00'})};
  expect(await stopBy(paused(), pause, {}, now - 1)).toMatchObject({kind: 'hold'});
  expect(await stopBy(paused(), pause)).toBeUndefined();
});

test('of several pauses the first one by its name counts', async () => {
  const stop = await stopBy(
    paused(),
    {'pauses/b': ruleOf({all: true}), 'pauses/a': ruleOf({tag: 't'})},
    {tags: ['t']},
  );
  expect(stop).toMatchObject({cause: 'paused by pauses/a'});
});

test('a gate goes by the newest settings, and not by those that its batch began with', async () => {
  const settings = settingsOf({});
  let newest: Settings | undefined;
  const message = messageOf(parse(bodyWith()));
  const candidate = {message, destination: resolveDestination(message, settings)};
  const decide = await openGates([paused(() => newest)], {candidates: [candidate], settings, now: () => now});
  expect(decide(candidate, now)).toBeUndefined();
  newest = settingsOf({'pauses/x': ruleOf({all: true})});
  expect(decide(candidate, now)).toMatchObject({kind: 'hold'});
});

describe('a forced error', () => {
  const of = (code: number) => ({'errors/x': ruleOf({all: true, code})});
  test('of 5xx ends mail, before it is due too', async () => {
    expect(await stopBy(forcedBounce(), of(550))).toEqual({
      kind: 'end',
      fate: 'bounced',
      entry: {
        state: 'process',
        result: 'error',
        class: 'other',
        code: 550,
        status: '5.7.0',
        description: 'r',
        forced: 'errors/x',
        reason: 'r',
        fatal: true,
      },
    });
    expect(await stopBy(forcedDeferral(), of(550))).toBeUndefined();
  });
  test('of 4xx defers it', async () => {
    expect(await stopBy(forcedDeferral(), of(421))).toMatchObject({
      kind: 'defer',
      entry: {code: 421, status: '4.7.0', fatal: false},
    });
    expect(await stopBy(forcedBounce(), of(421))).toBeUndefined();
  });
});

describe('outside of its window mail waits', () => {
  const window = (from: string, to: string) => JSON.stringify({from, to, timezone: 'UTC'});
  test('beside other mail for less than an hour, and held for longer', async () => {
    const waits = {kind: 'hold', untilMs: now + 3_600_000, cause: 'outside of its delivery window'};
    const soon = await stopBy(inWindow(), {'windows/default': window('13:00', '14:00')});
    expect(soon).toMatchObject(waits);
    expect(soon).not.toHaveProperty('heldUntilMs');
    expect(await stopBy(inWindow(), {'windows/default': window('13:01', '14:00')})).toMatchObject({
      untilMs: now + 3_660_000,
      heldUntilMs: now + 3_900_000,
      facts: {opens: '2030-01-01 13:01:00'},
    });
  });
  test('until its time is over at most', async () => {
    const stop = await stopBy(inWindow(), {
      'windows/default': window('18:00', '19:00'),
      'max-delivertime': '7200',
    });
    expect(stop).toMatchObject({untilMs: now + 7_200_000, heldUntilMs: now + 7_200_000});
  });
  test.each([
    [{'windows/default': window('18:00', '19:00'), 'windows/example.org': window('00:00', '24:00')}, {}],
    [
      {'windows/example.org': window('18:00', '19:00')},
      {window: {from: '11:00', to: '13:00', timezone: 'UTC'}},
    ],
    [{'windows/example.com': window('18:00', '19:00')}, {}],
  ])('but not where a nearer one is open: %#', async (parameters, properties) =>
    expect(await stopBy(inWindow(), parameters as Record<string, string>, properties)).toBeUndefined(),
  );
});
