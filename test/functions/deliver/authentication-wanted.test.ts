// Refusals that mean that the server wants authentication, or does not relay for us.

import {afterEach, describe, expect, test} from 'vitest';
import {attempt, messageOf, plainEhlo, serveTwo, summaryOf} from './attempt-under-test.ts';
import {endLanes, serve} from './lane-under-test.ts';

afterEach(endLanes);

describe('authentication that is wanted', () => {
  const refusals = [
    ['MAIL', '530 5.7.0 Authentication required', 'mailfrom'],
    ['MAIL', '550 5.7.1 Client was not authenticated', 'mailfrom'],
    ['RCPT', '554 5.7.1 <to@example.org>: Relay access denied', 'rcptto'],
    ['RCPT', '550 relay not permitted', 'rcptto'],
    ['DATA', '554 5.7.0 Please authenticate first', 'data'],
  ] as const;

  test.each(refusals)('by a smarthost or sink, at %s (%s), is our set-up', async (verb, reply, stage) => {
    for (const kind of ['smarthost', 'sink'] as const) {
      const outcome = await attempt(await serve({EHLO: plainEhlo, [verb]: reply}), {kind});
      expect(summaryOf(outcome)).toBe(`${stage}, error, deferred, 4.7.0, next host, target`);
      expect(outcome.complaint).toMatchObject({fact: 'authentication-wanted'});
      expect(outcome.complaint?.description).toMatch(
        /^the server wants authentication, or does not relay for us: /,
      );
    }
  });

  test('by one of several smarthosts is reported even where another one takes the message', async () => {
    const pair = await serveTwo({
      MAIL: '530 5.7.0 Authentication required',
      RCPT: '503',
      DATA: '503',
    });
    const outcome = await attempt(pair, pair);
    expect(outcome).toMatchObject({ok: true, complaint: {fact: 'authentication-wanted'}});
  });

  test('is a refusal of the recipient at an MX host, which nobody asked to relay', async () => {
    const server = await serve({RCPT: '554 5.7.1 <to@example.org>: Relay access denied', DATA: '503'});
    const message = messageOf({recipient: 'to@[127.0.0.1]'});
    const mx = {kind: 'mx', domain: '[127.0.0.1]', security: 'opportunistic'} as const;
    const outcome = await attempt(server, {message, mx});
    expect(summaryOf(outcome)).toBe('rcptto, error, bounced, 5.7.1');
    expect(outcome.complaint).toBeUndefined();
  });

  test.each([
    ['RCPT', '550 5.1.1 <to@example.org>: User unknown', 'rcptto, error, bounced, 5.1.1'],
    ['RCPT', '550 5.7.26 Unauthenticated email is not accepted: DMARC', 'rcptto, error, bounced, 5.7.26'],
    [
      '.',
      '550 5.7.1 spam: relaying hosts and authentication look suspicious',
      'message, error, bounced, 5.7.1',
    ],
  ] as const)('is not why a smarthost refuses a message by %s %s', async (verb, reply, expected) => {
    expect(summaryOf(await attempt(await serve({EHLO: plainEhlo, [verb]: reply})))).toBe(expected);
  });

  test('is what “access denied” means where AUTH was offered and not used', async () => {
    const denied = {RCPT: '554 5.7.1 <to@example.org>: Recipient address rejected: Access denied'};
    const EHLO = '250-scripted.example\r\n250 AUTH PLAIN';
    const credentials = {username: 'me', password: 'hunter2!'};
    const deferred = 'rcptto, error, deferred, 4.7.0, next host, target';
    const bounced = 'rcptto, error, bounced, 5.7.1';
    expect(summaryOf(await attempt(await serve({EHLO, ...denied})))).toBe(deferred);
    expect(summaryOf(await attempt(await serve({EHLO, ...denied}), {credentials}))).toBe(bounced);
    expect(summaryOf(await attempt(await serve({EHLO: plainEhlo, ...denied})))).toBe(bounced);
  });
});
