import {describe, expect, it} from 'vitest';
import {LogGroup} from '../../../local/logs/log-group.ts';

/** At the beginning of time: no event is too old. */
const now = () => 0;

describe('a log group', () => {
  it('keeps events in the order of their times, even where the clock is set back', () => {
    const group = new LogGroup('/aws/lambda/x', {now});
    for (const timestamp of [5, 7, 3, 9]) group.append({timestamp, message: `at ${timestamp}`, stream: 's'});
    expect(group.events.map(({timestamp, number}) => [timestamp, number])).toEqual([
      [5, 0],
      [7, 1],
      [7, 2],
      [9, 3],
    ]);
    const textsSince = (timestamp: number) => group.since(timestamp).map(({message}) => message);
    expect(textsSince(0)).toHaveLength(4);
    expect(textsSince(7)).toEqual(['at 7', 'at 3', 'at 9']);
    expect(textsSince(8)).toEqual(['at 9']);
    expect(textsSince(10)).toEqual([]);
  });

  it('keeps the latest events within its capacity, and their streams', () => {
    const group = new LogGroup('/aws/lambda/x', {capacityOctets: 10_000, now});
    for (let n = 0; n < 1000; n++) {
      group.append({timestamp: n, message: 'é'.repeat(50), stream: n < 500 ? 'old' : 'new'});
      // Each has 100 octets, and takes about as many more to be kept.
      expect(group.events.length).toBeLessThanOrEqual(50);
    }
    expect(group.events.length).toBeGreaterThan(40);
    expect(group.events.at(-1)?.number).toBe(999);
    expect(group.storedOctets).toBe(126 * group.events.length);
    expect([...group.streams.keys()]).toEqual(['new']);
    expect(group.streams.get('new')).toMatchObject({firstEventTimestamp: 500, lastEventTimestamp: 999});
  });

  it('keeps the last event, however large', () => {
    const group = new LogGroup('/aws/lambda/x', {capacityOctets: 1000, now});
    group.append({timestamp: 1, message: 'small', stream: 's'});
    group.append({timestamp: 2, message: 'x'.repeat(2000), stream: 's'});
    expect(group.events.map(({message}) => message.length)).toEqual([2000]);
  });

  it('has no event without a text', () => {
    const group = new LogGroup('/aws/lambda/x', {now});
    expect(group.append({timestamp: 1, message: '', stream: 's'}).message).toBe('\n');
  });
});
