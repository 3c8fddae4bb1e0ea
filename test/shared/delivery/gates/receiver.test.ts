// Where a message goes, and how long it waits, while its receiver is in trouble.

import {describe, expect, test} from 'vitest';
import {resolveDestination} from '../../../../shared/delivery/destination.ts';
import type {Candidate, Gate} from '../../../../shared/delivery/gate.ts';
import {receiver, unansweredReceiver} from '../../../../shared/delivery/gates/receiver.ts';
import {claimed, type Entry} from '../../../../shared/delivery/receivers/entry.ts';
import type {DeliveryQueue} from '../../../../shared/delivery/receivers/placement.ts';
import {treatmentOf} from '../../../../shared/delivery/receivers/treatment.ts';
import {message, now, settings} from '../../../samples/messages.ts';

const domain = treatmentOf(false, 0, 5);

class Known {
  readonly entries: Map<string, Entry>;
  claims = 0;

  constructor(...entries: readonly Entry[]) {
    this.entries = new Map(entries.map(entry => [entry.receiver, entry]));
  }

  entryOf(name: string) {
    return this.entries.get(name);
  }

  treatmentOf() {
    return domain;
  }

  async claim(name: string) {
    const entry = claimed(this.entries.get(name)!, {nowMs: now, treatment: domain});
    if (entry === undefined) return false;
    this.claims += 1;
    this.entries.set(name, entry);
    return true;
  }
}

const entry = (more: Partial<Entry>, name = 'example.org'): Entry => ({
  receiver: name,
  failures: 3,
  lates: 0,
  signMs: now,
  reason: 'refused',
  ...more,
});
const second = 1_000;
const slow = {sinceMs: now, fromMs: now, lateMs: now, works: true};
const down = (dueS: number) => entry({down: {sinceMs: now}, probe: {dueMs: now + dueS * second}});
const unanswered = (dueS: number) =>
  entry({slow: {...slow, works: false}, probe: {dueMs: now + dueS * second}});

const candidateIn = (
  deliveryQueue: DeliveryQueue,
  lane = 'example.org#1',
  recipient = 'a@example.org',
): Candidate => {
  const mail = message({recipient});
  return {message: mail, destination: resolveDestination(mail, settings()), deliveryQueue, lane};
};

async function stopsOf(gate: Gate, candidates: readonly Candidate[]) {
  const decide = await gate({candidates, settings: settings(), now: () => now});
  return candidates.map(candidate => {
    const stop = decide(candidate, now);
    if (stop === undefined) return 'passes';
    if (stop.kind === 'move') return `moves to ${stop.queue}`;
    return stop.kind === 'end' || stop.kind === 'defer'
      ? `${stop.kind}s`
      : `${stop.kind} ${(stop.untilMs - now) / second}`;
  });
}

describe('in the delivery queues', () => {
  test.each<[string, Entry | undefined, DeliveryQueue, string]>([
    ['nothing is known', undefined, 'fast', 'passes'],
    ['it has failed once', entry({failures: 1}), 'fast', 'passes'],
    ['it is down', down(8), 'fast', 'hide 8'],
    ['it is down, and its probe is due', down(0), 'fast', 'passes'],
    ['it is slow', entry({slow}), 'fast', 'moves to slow'],
    ['it is slow', entry({slow}), 'slow', 'passes'],
    ['it is slow since shortly', entry({slow: {...slow, fromMs: now + 60 * second}}), 'slow', 'hide 60'],
    ['it was slow', undefined, 'slow', 'moves to fast'],
    ['it was slow until shortly', entry({fastFromMs: now + 60 * second}), 'fast', 'hide 60'],
    ['it is slow and down', {...down(8), slow}, 'slow', 'hide 8'],
    ['it has not answered', unanswered(60), 'fast', 'hold 160'],
    ['it has not answered', unanswered(60), 'slow', 'hold 160'],
  ])('%s', async (_, known, queue, expected) => {
    const gate = receiver(new Known(...(known ? [known] : [])));
    expect(await stopsOf(gate, [candidateIn(queue)])).toEqual([expected]);
  });

  test('one message of a receiver that is down is the probe; the others look again soon', async () => {
    const known = new Known(down(0));
    const lanes = [candidateIn('fast'), candidateIn('fast'), candidateIn('fast', 'example.org#2')];
    expect(await stopsOf(receiver(known), lanes)).toEqual(['passes', 'hide 5', 'hide 5']);
    expect(known.claims).toBe(1);
  });

  test('a probe that has failed passes no more', async () => {
    const known = new Known(down(0));
    const probe = candidateIn('fast');
    const decide = await receiver(known)({candidates: [probe], settings: settings(), now: () => now});
    known.entries.set('example.org', down(20));
    expect(decide(probe, now)).toMatchObject({kind: 'hide', untilMs: now + 20 * second});
  });

  test('what was stopped once stays where it is for this batch, as later gates know nothing of it', async () => {
    const known = new Known(down(8));
    const waiting = candidateIn('fast');
    const decide = await receiver(known)({candidates: [waiting], settings: settings(), now: () => now});
    known.entries.clear();
    expect(decide(waiting, now)).toMatchObject({kind: 'hide', untilMs: now + second});
  });

  test('the probe of a receiver that has not answered is tried, and goes into a lane once it has', async () => {
    const probe = candidateIn('slow', '(unanswered)#3');
    expect(await stopsOf(receiver(new Known(unanswered(0))), [probe])).toEqual(['passes']);
    // It has failed: nothing is hidden in a group that others share.
    expect(await stopsOf(receiver(new Known(unanswered(60))), [probe])).toEqual(['hold 60']);
    expect(await stopsOf(receiver(new Known(entry({slow}))), [probe])).toEqual(['moves to slow']);
  });
});

describe('new mail', () => {
  const fresh = (recipient = 'a@example.org'): Candidate => {
    const mail = message({recipient});
    return {message: mail, destination: resolveDestination(mail, settings())};
  };

  test('of a receiver that has not answered waits outside, but for one message', async () => {
    const known = new Known(unanswered(0));
    const mail = [fresh(), fresh('b@example.org'), fresh('c@example.net')];
    expect(await stopsOf(unansweredReceiver(known), mail)).toEqual(['passes', 'hold 50', 'passes']);
  });

  test('waits for the probe where that is not due yet', async () => {
    expect(await stopsOf(unansweredReceiver(new Known(unanswered(40))), [fresh()])).toEqual(['hold 140']);
  });

  test.each([
    ['down', down(8)],
    ['slow', entry({slow})],
  ])('of a receiver that is %s goes into its queue', async (_, known) => {
    expect(await stopsOf(unansweredReceiver(new Known(known)), [fresh()])).toEqual(['passes']);
  });
});
