// When the next host of a next hop is tried, and when it is not.

import {afterEach, describe, expect, test} from 'vitest';
import {Troubles} from '../../../functions/deliver/pace/troubles.ts';
import {attempt, plainEhlo, serveTwo, summaryOf, text} from './attempt-under-test.ts';
import {endLanes} from './lane-under-test.ts';

afterEach(endLanes);

describe('of two hosts', () => {
  test.each([
    ['connect', 'HTTP/1.1 400 Bad Request'],
    ['connect', 'SSH-2.0-OpenSSH_9.6'],
    ['connect', '\u0016\u0003\u0001'],
    ['HELO', 'what?'],
    ['MAIL', 'what?'],
    ['RCPT', '\u0007\u0007'],
    ['DATA', 'HTTP/1.1 400 Bad Request'],
  ] as const)('the second takes the message after junk from the first at %s (%j)', async (verb, junk) => {
    const {two, ...pair} = await serveTwo({
      EHLO: verb === 'HELO' ? '502 no' : plainEhlo,
      [verb]: junk,
    });
    expect(summaryOf(await attempt(pair, pair))).toBe('accepted 250');
    expect(two.texts).toEqual([text]);
  });

  test('the first is left alone after junk three times in a row', async () => {
    const {one, ...pair} = await serveTwo({connect: 'HTTP/1.1 400 Bad Request'});
    const troubles = new Troubles();
    for (let n = 0; n < 5; n += 1)
      expect(summaryOf(await attempt(pair, {...pair, troubles}))).toBe('accepted 250');
    expect(one.connections()).toBe(3);
  });

  test('the second is not tried after junk from the first after the dot', async () => {
    const {two, ...pair} = await serveTwo({'.': 'what?'});
    expect(summaryOf(await attempt(pair, pair))).toBe('message, invalid, deferred, 4.5.0, maybe sent');
    expect(two.connections()).toBe(0);
  });
});
