// Where a message may be taken that names its own smarthost.

import {afterEach, describe, expect, test} from 'vitest';
import {attempt, messageOf, settings, summaryOf} from './attempt-under-test.ts';
import {endLanes, serve} from './lane-under-test.ts';

afterEach(endLanes);

describe('a message that names its own smarthost', () => {
  const named = (hostname: string | readonly string[], port = 25) => ({
    message: messageOf({smarthost: {hostname, port}}),
    hosts: [hostname].flat(),
  });

  test.each(['127.0.0.1', 'localhost', '::1', '::ffff:127.0.0.1', '0.0.0.0', '169.254.169.254'])(
    'is not taken to %s, whatever the settings allow',
    async host => {
      const server = await serve();
      for (const smarthostPrivateAddresses of [false, true]) {
        const outcome = await attempt(server, {
          ...named(host, server.port),
          settings: {...settings, smarthostPrivateAddresses},
        });
        expect(summaryOf(outcome)).toBe('dns, error, bounced, 5.4.6, next host');
        expect(outcome).toMatchObject({tried: 0});
        if (!outcome.ok) expect(outcome.failure.description).toContain('smarthost-private-addresses');
      }
      expect(server.connections()).toBe(0);
    },
  );

  test('goes to it, wherever it is, if it is the settings’ smarthost, too', async () => {
    const server = await serve();
    const relay = {hosts: ['127.0.0.1'], port: server.port};
    const trusting = {...settings, smarthost: relay};
    expect(summaryOf(await attempt(server, {...named('127.0.0.1', server.port), settings: trusting}))).toBe(
      'accepted 250',
    );
    const otherwise = {...trusting, smarthost: {...relay, port: 1}};
    expect(summaryOf(await attempt(server, {...named('127.0.0.1', server.port), settings: otherwise}))).toBe(
      'dns, error, bounced, 5.4.6, next host',
    );
  });

  test('goes to the sink, wherever that is', async () => {
    const server = await serve();
    const outcome = await attempt(server, {...named('127.0.0.1'), kind: 'sink', hosts: ['127.0.0.1']});
    expect(summaryOf(outcome)).toBe('accepted 250');
  });

  test('goes anywhere on the local stage', async () => {
    const server = await serve();
    const outcome = await attempt(server, {...named('127.0.0.1', server.port), anywhere: true});
    expect(summaryOf(outcome)).toBe('accepted 250');
  });
});
