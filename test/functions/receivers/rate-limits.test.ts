import {beforeEach, describe, expect, test} from 'vitest';
import {RateLimits} from '../../../functions/receivers/rate-limits.ts';
import {resolveDestination} from '../../../shared/delivery/destination.ts';
import {rateLimitOf} from '../../../shared/delivery/gates/rate.ts';
import {horizonMs, type Slots} from '../../../shared/delivery/rate.ts';
import type {Message} from '../../../shared/message/message.ts';
import type {Settings} from '../../../shared/settings/settings.ts';
import {message, now, settings} from '../../samples/messages.ts';

/** What the table is asked for, and what it answers: slots from now on, unless it is down. */
class Table {
  readonly asked: string[] = [];
  down = false;
  full = false;

  async reserve(queue: string, count: number): Promise<Slots | undefined> {
    this.asked.push(`${queue} ${count}`);
    if (this.down) throw new Error('down');
    return this.full ? undefined : {firstMs: clock.now, count};
  }
}

const clock = {now};
let table: Table;
let lines: string[];
let limits: RateLimits;
beforeEach(() => {
  clock.now = now;
  table = new Table();
  lines = [];
  limits = new RateLimits(table, (level, message) => lines.push(`${level} ${message}`), rateLimitOf);
});

const named = (name: string, properties: Record<string, unknown> = {}) => message({name, ...properties});
const rated = settings({'capacity/example.org': '{"connections": 4, "messagesPerMinute": 60}'});
const slotAt = (time: string) => ({
  relayq: {id: 'a', arrived: '2030-01-01 11:00:00', attempts: 0, hops: 1, slot: time},
});
const candidatesOf = (messages: readonly Message[], stage: Settings) =>
  messages.map(mail => ({message: mail, destination: resolveDestination(mail, stage)}));
const waitsOf = async (messages: readonly Message[], stage = rated) =>
  Object.fromEntries(
    [...(await limits.waitsOf(candidatesOf(messages, stage), () => clock.now))].map(
      ([{message: mail}, wait]) => [mail.properties.name, wait],
    ),
  );

describe('the messages of a batch', () => {
  test('ask for nothing where their queue has no rate', async () => {
    expect(await waitsOf([named('a')], settings())).toEqual({});
    expect(await waitsOf([named('a', {recipient: 'rcpt@example.net'})])).toEqual({});
    const exempt = {
      'capacity/default': '{"messagesPerMinute": 60}',
      'capacity/example.org': '{"messagesPerMinute": 0}',
    };
    expect(await waitsOf([named('a')], settings(exempt))).toEqual({});
    expect(table.asked).toEqual([]);
  });

  test('ask once for all of a queue, and wait for their slots in order', async () => {
    expect(await waitsOf([named('a'), named('b'), named('c')])).toEqual({
      b: {untilMs: now + 1000, slotMs: now + 1000},
      c: {untilMs: now + 2000, slotMs: now + 2000},
    });
    expect(table.asked).toEqual(['example.org 3']);
  });

  test('ask for each queue by itself, also for their own smarthosts', async () => {
    const stage = settings({
      'capacity/default': '{"messagesPerMinute": 6}',
      'capacity/smarthost': '{"messagesPerMinute": 6}',
    });
    const smarthost = {hostname: 'mail.example.net', port: 587};
    await waitsOf([named('a'), named('b', {recipient: 'x@example.com'}), named('c', {smarthost})], stage);
    expect(table.asked).toEqual(['example.org 1', 'example.com 1', '(smarthost)!mail.example.net:587 1']);
    await waitsOf([named('a'), named('b', {recipient: 'x@example.com'})], {
      ...stage,
      smarthost: {hosts: ['h'], port: 25},
    });
    expect(table.asked.at(-1)).toBe('(smarthost) 2');
  });

  test('that have a slot do not ask again, unless it is long over', async () => {
    const those = [
      named('ahead', slotAt('2030-01-01 12:00:09')),
      named('due', slotAt('2030-01-01 11:59:59')),
      named('over', slotAt('2030-01-01 11:59:00')),
    ];
    expect(await waitsOf(those)).toEqual({ahead: {untilMs: now + 9000, slotMs: now + 9000}});
    expect(table.asked).toEqual(['example.org 1']);
  });

  test('wait without a slot when there is none', async () => {
    table.full = true;
    expect(await waitsOf([named('a')])).toEqual({a: {untilMs: now + horizonMs}});
  });
});

describe('while the table fails', () => {
  test('the environment keeps to its share of the rate, by the number of lanes, and says so once', async () => {
    table.down = true;
    // 60 a minute over four lanes: one in 4 s.
    expect(await waitsOf([named('a'), named('b')])).toEqual({
      b: {untilMs: now + 4000, slotMs: now + 4000},
    });
    clock.now += 10_000;
    expect(await waitsOf([named('c'), named('d')])).toEqual({
      d: {untilMs: clock.now + 4000, slotMs: clock.now + 4000},
    });
    expect(table.asked).toHaveLength(2);
    expect(lines).toEqual([expect.stringMatching(/^error DynamoDB fails/)]);
  });

  test('it is left alone for ten seconds, and then counts again', async () => {
    table.down = true;
    await waitsOf([named('a')]);
    table.down = false;
    clock.now += 9_999;
    await waitsOf([named('b')]);
    expect(table.asked).toHaveLength(1);
    clock.now += 1;
    await waitsOf([named('c')]);
    expect(table.asked).toHaveLength(2);
    expect(lines.at(-1)).toBe('info rates are kept by all environments together again');
  });
});
