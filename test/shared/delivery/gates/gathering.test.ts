// The first message of a lane in the slow queue waits for those behind it, once.

import {expect, test} from 'vitest';
import {resolveDestination} from '../../../../shared/delivery/destination.ts';
import type {Candidate} from '../../../../shared/delivery/gate.ts';
import {gathering} from '../../../../shared/delivery/gates/gathering.ts';
import {message, now, settings} from '../../../samples/messages.ts';

const candidate = (more: Partial<Candidate> = {}): Candidate => {
  const mail = message({recipient: 'a@example.org'});
  const destination = resolveDestination(mail, settings());
  return {message: mail, destination, lane: 'example.org#1', deliveryQueue: 'slow', receives: 1, ...more};
};
const decide = async (...candidates: readonly Candidate[]) => {
  const decideOne = await gathering({candidates, settings: settings(), now: () => now});
  return candidates.map(each => decideOne(each, now)?.kind);
};

test.each([
  ['the first one of a lane, alone', [candidate()], ['hide']],
  ['again', [candidate({receives: 2})], [undefined]],
  ['two of a lane', [candidate(), candidate()], [undefined, undefined]],
  ['two lanes', [candidate(), candidate({lane: 'example.org#2'})], ['hide', 'hide']],
  ['a probe', [candidate({lane: '(unanswered)#1'})], [undefined]],
  ['the fast queue', [candidate({deliveryQueue: 'fast'})], [undefined]],
])('%s', async (_, candidates, stops) => {
  expect(await decide(...candidates)).toEqual(stops);
});
