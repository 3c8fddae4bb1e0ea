import {describe, expect, test} from 'vitest';
import {bounceClasses} from '../../../../shared/classes/bounce-class.ts';
import {resolveDestination} from '../../../../shared/delivery/destination.ts';
import {attempted} from '../../../../shared/delivery/outcome.ts';
import {entryOf} from '../../../../shared/delivery/result-entry.ts';
import {hardBounceOf} from '../../../../shared/delivery/suppression/hard-bounce.ts';
import type {Failure} from '../../../../shared/smtp/failure.ts';
import {message, now, settings} from '../../../samples/messages.ts';

const on = {suppression: 'on'};

/** What is counted of an attempt that failed so. */
function countedOf(failure: Partial<Failure>, parameters: Record<string, string> = on) {
  const stage = settings(parameters);
  const mail = message({recipient: 'Jo@Bücher.example'});
  const end = {
    ok: false,
    failure: {stage: 'rcptto', result: 'error', description: 'in words', ...failure},
  } as const;
  const attempt = {...end, entry: entryOf(end, {}, now), durationMs: 0, tried: 1};
  const candidate = {message: mail, destination: resolveDestination(mail, stage)};
  const outcome = attempted(candidate, attempt, stage, now);
  return outcome.hardBounce;
}

const noSuchUser = {
  reply: {code: 550, status: '5.1.1', text: 'no such user'},
  description: 'no such user, password=hunter2',
};

describe('a bounce goes into the list', () => {
  test('when the recipient is not there, under the key of the address, without secrets', () => {
    expect(countedOf(noSuchUser)).toEqual({
      who: 'jo@xn--bcher-kva.example',
      id: 'message-1',
      code: 550,
      status: '5.1.1',
      reason: expect.stringMatching(/^no such user, password=\*+$/),
      timeMs: now,
    });
  });

  test('when the domain is not there: the address does, never the domain', () => {
    expect(countedOf({stage: 'dns', fact: 'no-such-domain'})?.who).toBe('jo@xn--bcher-kva.example');
    expect(countedOf({stage: 'dns', fact: 'null-mx'})?.who).toBe('jo@xn--bcher-kva.example');
  });

  test('by class recipient and domain alone', () => {
    const stage = settings(on);
    const counted = bounceClasses.filter(
      each =>
        hardBounceOf(
          message(),
          {},
          {state: 'rcptto', result: 'error', class: each, timeMs: now},
          stage.suppression,
        ) !== undefined,
    );
    expect(counted).toEqual(['recipient', 'domain']);
  });
});

describe('a bounce does not go into the list', () => {
  test.each<[string, Partial<Failure>]>([
    [
      'for a new address of ours, as Gmail puts it',
      {
        stage: 'message',
        reply: {
          code: 550,
          status: '5.7.1',
          text: 'Our system has detected an unusual rate of unsolicited mail originating from your IP address',
        },
      },
    ],
    ['for a full mailbox', {reply: {code: 552, status: '5.2.2', text: 'mailbox full'}}],
    [
      'for the text',
      {stage: 'message', reply: {code: 554, status: '5.7.1', text: 'message rejected as spam'}},
    ],
    [
      'for a proof that lacks',
      {reply: {code: 550, status: '5.7.26', text: 'unauthenticated mail is prohibited'}},
    ],
    ['for its size', {stage: 'mailfrom', fact: 'too-large'}],
    ['for private addresses, which our settings refuse', {stage: 'dns', fact: 'private-address'}],
    ['while it is deferred', {reply: {code: 450, status: '4.1.1', text: 'no such user, for now'}}],
  ])('%s', (_, failure) => {
    expect(countedOf(failure)).toBeUndefined();
  });

  test('while the setting is off, or counts none', () => {
    expect(countedOf(noSuchUser, {})).toBeUndefined();
    expect(countedOf(noSuchUser, {...on, 'suppression-after': '0'})).toBeUndefined();
  });
});
