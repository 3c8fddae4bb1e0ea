// Whether a receiver has more mail in a delivery queue than its lanes can take for a while.

import {beforeEach, describe, expect, test} from 'vitest';
import {Crowd} from '../../../functions/route/crowd.ts';

let depth: number | Error;
let asked: string[];
let lines: string[];
let crowd: Crowd;
beforeEach(() => {
  depth = 0;
  asked = [];
  lines = [];
  crowd = new Crowd({
    sqs: {
      depthOf: async url => {
        asked.push(url);
        if (depth instanceof Error) throw depth;
        return depth;
      },
    },
    urls: {fast: 'fast-url', slow: 'slow-url'},
    log: (level, message) => lines.push(`${level} ${message}`),
  });
});

/** In batches of ten, all of which go in. */
async function seen(queue: 'fast' | 'slow', receiver: string, messages: number): Promise<void> {
  for (let index = 0; index < messages; index += 1) {
    if (index % 10 === 0) await crowd.wanted(queue, Array(10).fill(receiver));
    crowd.entered(queue, receiver);
  }
}

describe('SQS is asked how full a queue is', () => {
  test('after each fifty messages that go there', async () => {
    await seen('fast', 'a', 40);
    expect(asked).toEqual([]);
    await seen('fast', 'a', 110);
    expect(asked).toEqual(['fast-url', 'fast-url', 'fast-url']);
    await seen('slow', 'b', 50);
    expect(asked.at(-1)).toBe('slow-url');
  });

  test('and what it said last stays when it does not say', async () => {
    depth = 1_000;
    await seen('fast', 'a', 50);
    depth = new Error('throttled');
    await seen('fast', 'a', 50);
    expect(crowd.isCrowding('fast', 'a', 2)).toBe(true);
    expect(lines).toEqual(['warn SQS does not say how full a delivery queue is']);
  });
});

describe('a receiver has enough in a queue', () => {
  test.each([
    [600, 2, false],
    [601, 2, true],
    [601, 3, false],
    [300, 1, false],
    [301, 1, true],
  ])('of %i messages, all its own, with %i lanes: %s', async (messages, lanes, expected) => {
    // The last ten have gone in since SQS was asked.
    depth = messages - 10;
    await seen('fast', 'a', 50);
    expect(crowd.isCrowding('fast', 'a', lanes)).toBe(expected);
    expect(crowd.isCrowding('slow', 'a', lanes)).toBe(false);
  });

  test('by its share of what went in lately', async () => {
    depth = 10_000;
    await seen('fast', 'a', 50);
    await seen('fast', 'b', 950);
    expect(crowd.isCrowding('fast', 'a', 2)).toBe(false);
    expect(crowd.isCrowding('fast', 'b', 2)).toBe(true);
    expect(crowd.isCrowding('fast', 'never-seen', 2)).toBe(false);
    // The last thousand messages count.
    await seen('fast', 'a', 70);
    await seen('fast', 'b', 930);
    expect(crowd.isCrowding('fast', 'a', 2)).toBe(true);
    await seen('fast', 'b', 70);
    expect(crowd.isCrowding('fast', 'a', 2)).toBe(false);
  });

  /** Wants to go in, and is kept out. */
  const keptOut = async (receiver: string, messages: number) => {
    for (let index = 0; index < messages; index += 10) await crowd.wanted('fast', Array(10).fill(receiver));
  };

  test('but not for what comes back again and again and is kept out', async () => {
    depth = 10_000;
    await seen('fast', 'b', 1_000);
    await keptOut('a', 900);
    expect(crowd.isCrowding('fast', 'a', 2)).toBe(false);
  });

  test('nor because another one is kept out, whose mail makes the depth', async () => {
    depth = 10_000;
    await seen('fast', 'giant', 1_000);
    for (let round = 0; round < 100; round += 1) {
      await keptOut('giant', 190);
      await seen('fast', 'b', 10);
    }
    expect(crowd.isCrowding('fast', 'b', 2)).toBe(false);
  });
});
