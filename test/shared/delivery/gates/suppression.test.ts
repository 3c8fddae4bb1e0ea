import {describe, expect, test} from 'vitest';
import {resolveDestination} from '../../../../shared/delivery/destination.ts';
import {openGates} from '../../../../shared/delivery/gate.ts';
import {suppression} from '../../../../shared/delivery/gates/suppression.ts';
import type {SuppressionEntry} from '../../../../shared/delivery/suppression/entry.ts';
import {at, message, now, settings} from '../../../samples/messages.ts';

const entry = (who: string, more: Partial<SuppressionEntry> = {}): SuppressionEntry => ({
  who,
  reason: 'asked us to stop',
  source: 'manual',
  timeMs: at('2029-12-24 18:00:00'),
  count: 0,
  ...more,
});

interface Given {
  readonly parameters?: Record<string, string>;
  readonly entries?: readonly SuppressionEntry[];
  readonly unread?: readonly string[];
}

/** What the gate decides about messages, and which keys it has asked for. */
async function decisions(
  messages: readonly Record<string, unknown>[],
  {parameters = {suppression: 'on'}, entries = [], unread = []}: Given = {},
) {
  const stage = settings(parameters);
  const asked: string[][] = [];
  const gate = suppression(async keys => {
    asked.push([...keys]);
    return {entries: new Map(entries.map(each => [each.who, each])), unread: new Set(unread)};
  });
  const candidates = messages.map(properties => {
    const mail = message(properties);
    return {message: mail, destination: resolveDestination(mail, stage)};
  });
  const decide = await openGates([gate], {candidates, settings: stage, now: () => now});
  return {asked, stops: candidates.map(each => decide(each, now))};
}

const jo = {recipient: 'Jo@example.org'};
const bo = {recipient: 'bo@example.org'};

describe('mail', () => {
  test('to a suppressed address bounces, with who, when and why', async () => {
    const {stops} = await decisions([jo, bo], {entries: [entry('jo@example.org')]});
    expect(stops).toEqual([
      {
        kind: 'end',
        fate: 'bounced',
        entry: {
          state: 'suppression',
          result: 'error',
          class: 'recipient',
          status: '5.7.1',
          description: 'the recipient is suppressed since 2029-12-24 18:00:00 by manual: asked us to stop',
          fatal: true,
        },
      },
      undefined,
    ]);
  });

  test('to a suppressed domain bounces, with the code and the status of the entry', async () => {
    const domain = entry('example.org', {code: 556, status: '5.1.10', reason: ''});
    const {stops} = await decisions([jo], {entries: [domain]});
    expect(stops[0]).toMatchObject({
      entry: {
        class: 'domain',
        code: 556,
        status: '5.1.10',
        description: 'the domain is suppressed since 2029-12-24 18:00:00 by manual: no reason given',
      },
    });
  });

  test('to a domain below a suppressed one goes', async () => {
    const {stops} = await decisions([{recipient: 'jo@sub.example.org'}], {entries: [entry('example.org')]});
    expect(stops).toEqual([undefined]);
  });

  test('goes where the entry of its address has expired, unless its domain is suppressed', async () => {
    const old = entry('jo@example.org', {expiresMs: now - 1});
    expect((await decisions([jo], {entries: [old]})).stops).toEqual([undefined]);
    const both = await decisions([jo], {entries: [old, entry('example.org')]});
    expect(both.stops[0]).toMatchObject({entry: {class: 'domain'}});
  });

  test('waits half a minute while nobody knows whether its recipient is suppressed; what is known counts', async () => {
    const {stops} = await decisions([jo, bo, {recipient: 'al@example.net'}], {
      entries: [entry('jo@example.org')],
      unread: ['example.org', 'bo@example.org'],
    });
    expect(stops).toEqual([
      expect.objectContaining({kind: 'end'}),
      {kind: 'hold', untilMs: now + 30_000, cause: 'the suppression list cannot be read'},
      undefined,
    ]);
  });
});

describe('the list is asked', () => {
  test('once for a batch, for each address and domain once', async () => {
    const {asked} = await decisions([jo, bo, {recipient: 'JO@EXAMPLE.org'}]);
    expect(asked).toEqual([['jo@example.org', 'example.org', 'bo@example.org']]);
  });

  test('not at all while the setting is off', async () => {
    const {asked, stops} = await decisions([jo], {parameters: {}, entries: [entry('jo@example.org')]});
    expect({asked, stops}).toEqual({asked: [], stops: [undefined]});
  });

  test('not for a message that goes all the same, where the setting allows that', async () => {
    const entries = [entry('jo@example.org')];
    const override = {...jo, suppression: false};
    const allowed = {suppression: 'on', 'suppression-override': 'allowed'};
    expect(await decisions([override], {entries, parameters: allowed})).toEqual({
      asked: [],
      stops: [undefined],
    });
    const {stops} = await decisions([{...jo, suppression: true}, jo], {entries, parameters: allowed});
    expect(stops).toEqual([expect.objectContaining({kind: 'end'}), expect.objectContaining({kind: 'end'})]);
    const refused = await decisions([override], {entries});
    expect(refused.stops).toEqual([expect.objectContaining({kind: 'end'})]);
  });
});
