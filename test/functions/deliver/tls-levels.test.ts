// What an attempt does at each TLS level.

import {afterEach, describe, expect, test} from 'vitest';
import {certificateOf} from '../../fixtures/fixture.ts';
import {startReceivingServer} from '../../servers/receiving-server.ts';
import {attempt, summaryOf} from './attempt-under-test.ts';
import {endLanes, running, serve} from './lane-under-test.ts';

afterEach(endLanes);

describe('the TLS level', () => {
  const stubborn = {
    EHLO: '250-scripted.example\r\n250-STARTTLS\r\n250 8BITMIME',
    STARTTLS: '454 4.7.0 not now',
  } as const;

  test('opportunistic goes on in clear when STARTTLS is refused', async () => {
    expect(summaryOf(await attempt(await serve(stubborn)))).toBe('accepted 250');
  });

  test('opportunistic does not go on in clear with credentials', async () => {
    const outcome = await attempt(await serve(stubborn), {credentials: {username: 'a', password: 'b'}});
    expect(summaryOf(outcome)).toBe('starttls, error, deferred, 4.7.0, next host, target');
  });

  test('required defers when STARTTLS is not offered', async () => {
    const outcome = await attempt(await serve(), {security: 'required'});
    expect(summaryOf(outcome)).toBe('starttls, error, deferred, 4.7.5, next host, target');
  });

  test('opportunistic goes on in clear, on a new connection, when the handshake fails', async () => {
    const server = await serve({...stubborn, STARTTLS: '220 go ahead, not that I could'});
    expect(summaryOf(await attempt(server))).toBe('accepted 250');
    expect(server.connections()).toBe(2);
  });
});

test.each([
  ['its own authority', true, false, 'accepted 250'],
  ['TLS from the first octet, whatever the port', true, true, 'accepted 250'],
  ['no authority', false, false, 'starttls, error, deferred, 4.7.5, next host, target'],
])('a smarthost of the settings with %s', async (_, withAuthority, implicitTls, expected) => {
  const certificate = certificateOf('localhost');
  const server = await startReceivingServer({...certificate, secure: implicitTls});
  running.push(server);
  const outcome = await attempt(server, {
    hosts: ['localhost'],
    security: 'verified',
    ...(withAuthority && {ca: certificate.cert}),
    ...(implicitTls && {implicitTls}),
  });
  expect(summaryOf(outcome)).toBe(expected);
});
