// How much mail of a receiver is let into the delivery queues, and how long the rest waits.

import {describe, expect, test} from 'vitest';
import {RateLimits} from '../../../../functions/receivers/rate-limits.ts';
import {resolveDestination} from '../../../../shared/delivery/destination.ts';
import type {Candidate, Stop} from '../../../../shared/delivery/gate.ts';
import {admission, admissionLimitOf, agedMs} from '../../../../shared/delivery/gates/admission.ts';
import {type Rate, reserve} from '../../../../shared/delivery/rate.ts';
import type {Entry} from '../../../../shared/delivery/receivers/entry.ts';
import {treatmentOf} from '../../../../shared/delivery/receivers/treatment.ts';
import {message, now, settings} from '../../../samples/messages.ts';

const second = 1_000;
const minute = 60 * second;

const candidateTo = (recipient = 'a@example.org', parameters = {}, tracking = {}): Candidate => {
  const relayq = {id: 'a', arrived: '2030-01-01 11:00:00', attempts: 0, hops: 0, ...tracking};
  const mail = message({recipient, relayq});
  return {message: mail, destination: resolveDestination(mail, settings(parameters))};
};
const entry = (more: Partial<Entry>): Entry => ({
  receiver: 'example.org',
  failures: 0,
  lates: 0,
  signMs: now,
  reason: '',
  ...more,
});
const paced = (perMinute: number, ageMs: number, atMs = now) =>
  entry({pace: {perMinute, ageMs, atMs, oldMs: atMs}});
const down = entry({failures: 3, down: {sinceMs: now}, probe: {dueMs: now + 10 * second}});
const slow = {sinceMs: now, fromMs: now, lateMs: now, works: false};

describe('the limit of a receiver', () => {
  const limitOf = (known: Entry | undefined, candidate = candidateTo()) =>
    admissionLimitOf(candidate, known, now);
  const smarthost = {smarthost: 'mail.example.net'};

  test.each<[string, Entry | undefined, Candidate]>([
    ['nothing is known of', undefined, candidateTo()],
    ['whose pace was known long ago', paced(60, agedMs, now - 6 * minute), candidateTo()],
    ['that is the settings’ smarthost', down, candidateTo('a@example.org', smarthost)],
    ['that has not answered, as its mail waits outside', entry({...down, slow}), candidateTo()],
    [
      'that has a rate, as its mail waits outside',
      paced(60, agedMs),
      candidateTo('a@example.org', {'capacity/example.org': '{"messagesPerMinute": 60}'}),
    ],
  ])('is none for one %s', (_, known, candidate) => {
    expect(limitOf(known, candidate)).toBeUndefined();
  });

  /** Messages a minute. */
  const rateFor = (perMinute: number, ageMs: number) =>
    minute / limitOf(paced(perMinute, ageMs))!.rate.intervalMs;

  test.each([
    ['a little more than it takes, while its mail is young', 60, agedMs, 72],
    ['just what it takes, when its mail is a little older', 60, 1.2 * agedMs, 60],
    ['less than it takes, when its mail is old', 60, 2 * agedMs, 36],
    ['half of what it takes, at least', 60, 100 * agedMs, 30],
  ])('is %s', (_, perMinute, ageMs, expected) => {
    expect(rateFor(perMinute, ageMs)).toBeCloseTo(expected);
  });

  test('is twenty messages a lane while it is down, anew each time', () => {
    const limit = limitOf(down)!;
    expect(limit.rate.burst).toBe(2 * 20);
    expect(limitOf({...down, down: {sinceMs: now + 1}})!.key).not.toBe(limit.key);
  });
});

/** What becomes of mail at the gate, by the slots that it would have of the table. */
class World {
  nowMs = now;
  known: Entry | undefined;
  isCrowding = false;
  wanted = 0;
  readonly entered: string[] = [];
  readonly #nextMs = new Map<string, number>();
  readonly #limits = new RateLimits(
    {
      reserve: async (key: string, count: number, rate: Rate, nowMs: number) => {
        const reserved = reserve(this.#nextMs.get(key), count, rate, nowMs);
        if (reserved) this.#nextMs.set(key, reserved.nextMs);
        return reserved?.slots;
      },
    },
    () => {},
    candidate => admissionLimitOf(candidate, this.known, this.nowMs),
  );
  readonly #gate = admission({
    entryOf: () => this.known,
    treatmentOf: () => treatmentOf(false, 0, 5),
    crowd: {
      wanted: async (_, receivers) => {
        this.wanted += receivers.length;
      },
      entered: (queue, receiver) => this.entered.push(`${receiver} ${queue}`),
      isCrowding: () => this.isCrowding,
    },
    waitsOf: (candidates, clock) => this.#limits.waitsOf(candidates, clock),
  });

  async stopsOf(candidates: readonly Candidate[]): Promise<readonly (Stop | undefined)[]> {
    const decide = await this.#gate({candidates, settings: settings(), now: () => this.nowMs});
    // As openGates does, before each candidate has its turn.
    for (const candidate of candidates) decide(candidate, this.nowMs);
    return candidates.map(candidate => decide(candidate, this.nowMs));
  }
}

const mails = (count: number) =>
  Array.from({length: count}, (_, index) => candidateTo(`user${index}@example.org`));
const admitted = (stops: readonly (Stop | undefined)[]) => stops.filter(stop => stop === undefined).length;

describe('mail of a receiver', () => {
  test('that nothing is known of goes in, unless it crowds the queue', async () => {
    const world = new World();
    expect(admitted(await world.stopsOf(mails(100)))).toBe(100);
    world.isCrowding = true;
    const stops = await world.stopsOf(mails(10));
    expect(stops).toEqual(
      stops.map(() => expect.objectContaining({kind: 'hold', untilMs: now + 15 * second})),
    );
    // What is held is not in the queue, and each message counts once.
    expect(world.wanted).toBe(110);
    expect(world.entered).toEqual(Array(100).fill('example.org fast'));
  });

  test('that is the settings’ smarthost goes in, whatever is in the queue', async () => {
    const world = new World();
    world.isCrowding = true;
    const candidate = candidateTo('a@example.org', {smarthost: 'mail.example.net'});
    expect(await world.stopsOf([candidate])).toEqual([undefined]);
  });

  test('whose pace is known goes in by slots, one after the other', async () => {
    const world = new World();
    world.known = paced(50, agedMs);
    const stops = await world.stopsOf(mails(4));
    expect(stops.map(stop => (stop?.kind === 'hold' ? stop.untilMs - now : 0))).toEqual([
      0, 1000, 2000, 3000,
    ]);
    expect(stops[1]).toMatchObject({slotMs: now + second});
  });

  test('that is down goes in until it has enough to be probed with; the rest waits a minute and longer', async () => {
    const world = new World();
    world.known = down;
    const stops = await world.stopsOf(mails(100));
    expect(admitted(stops)).toBe(40);
    for (const stop of stops.slice(40)) expect(stop).toMatchObject({kind: 'hold', untilMs: now + minute});
  });

  test('that is down goes in again when its probe is overdue, as nothing is left inside to probe with', async () => {
    const world = new World();
    world.known = down;
    expect(admitted(await world.stopsOf(mails(50)))).toBe(40);
    world.nowMs += 3 * minute;
    expect(admitted(await world.stopsOf(mails(50)))).toBe(0);
    world.nowMs += 20 * second;
    expect(admitted(await world.stopsOf(mails(50)))).toBe(40);
    expect(admitted(await world.stopsOf(mails(50)))).toBe(0);
  });

  test('that was down goes in at its pace once it is up, whatever was reserved before', async () => {
    const world = new World();
    world.known = down;
    const held = (await world.stopsOf(mails(41)))[40];
    expect(held).toMatchObject({kind: 'hold'});
    // A slot would be believed later, when it has another meaning.
    expect(held).not.toHaveProperty('slotMs');
  });
});
