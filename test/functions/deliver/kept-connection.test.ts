// Attempts that share a lane share its connection.

import {afterEach, describe, expect, test} from 'vitest';
import {attempt, summaryOf} from './attempt-under-test.ts';
import {endLanes, laneOf, serve} from './lane-under-test.ts';

afterEach(endLanes);

describe('a lane', () => {
  test('keeps its connection from one message to the next', async () => {
    const server = await serve();
    const lane = laneOf();
    for (let n = 0; n < 3; n += 1) expect(summaryOf(await attempt(server, {lane}))).toBe('accepted 250');
    expect(server.connections()).toBe(1);
  });

  test('goes on over the same connection after a refused recipient', async () => {
    const server = await serve({RCPT: (_, count) => (count === 1 ? '550 5.1.1 unknown' : '250 ok')});
    const lane = laneOf();
    expect(summaryOf(await attempt(server, {lane}))).toBe('rcptto, error, bounced, 5.1.1');
    expect(summaryOf(await attempt(server, {lane}))).toBe('accepted 250');
    expect(server.connections()).toBe(1);
  });

  test.each([
    ['drop', 'drop'],
    ['421', '421 4.4.2 idle for too long'],
  ])('reconnects when the kept connection is stale (%s)', async (_, gone) => {
    const server = await serve({MAIL: (_, count) => (count === 2 ? gone : '250 ok')});
    const lane = laneOf();
    expect(summaryOf(await attempt(server, {lane}))).toBe('accepted 250');
    expect(summaryOf(await attempt(server, {lane}))).toBe('accepted 250');
    expect(server.connections()).toBe(2);
  });

  test('never uses a connection of other credentials', async () => {
    const server = await serve({EHLO: '250-scripted.example\r\n250 AUTH PLAIN'});
    const lane = laneOf();
    await attempt(server, {lane, credentials: {username: 'a', password: 'b'}});
    await attempt(server, {lane, credentials: {username: 'a', password: 'c'}});
    expect(server.connections()).toBe(2);
  });
});
