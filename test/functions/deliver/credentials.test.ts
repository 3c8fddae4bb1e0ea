// How an attempt gives the credentials of its next hop.

import {afterEach, describe, expect, test} from 'vitest';
import type {Answer} from '../../servers/scripted-server.ts';
import {attempt, summaryOf} from './attempt-under-test.ts';
import {endLanes, serve} from './lane-under-test.ts';

afterEach(endLanes);

describe('credentials', () => {
  const credentials = {username: 'me', password: 'hunter2!'};
  const offering = (mechanisms: string): Answer =>
    `250-scripted.example\r\n250-AUTH ${mechanisms}\r\n250 8BITMIME`;

  test('that the server refuses defer, count against the target, and are not echoed', async () => {
    const encoded = Buffer.from('\0me\0hunter2!').toString('base64');
    const server = await serve({EHLO: offering('PLAIN'), AUTH: `535 5.7.8 no: hunter2! ${encoded}`});
    const outcome = await attempt(server, {credentials});
    expect(summaryOf(outcome)).toBe('authplain, error, deferred, 4.7.8, next host, target');
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
    expect(JSON.stringify(outcome)).not.toContain(encoded);
  });

  test('that cannot be given because AUTH is not offered defer the message', async () => {
    expect(summaryOf(await attempt(await serve(), {credentials}))).toBe(
      'auth, error, deferred, 4.7.0, next host, target',
    );
  });

  test('are given by CRAM-MD5, which does not show them, while the connection is in clear', async () => {
    const challenge = Buffer.from('<1@scripted.example>').toString('base64');
    const server = await serve({
      EHLO: offering('PLAIN LOGIN CRAM-MD5'),
      AUTH: line => (line.startsWith('AUTH') ? `334 ${challenge}` : '235 2.7.0 welcome'),
    });
    expect(summaryOf(await attempt(server, {credentials}))).toBe('accepted 250');
    expect(server.commands).toContain('AUTH CRAM-MD5');
  });

  test('may be taken by LOGIN, step by step', async () => {
    const server = await serve({
      EHLO: offering('LOGIN'),
      AUTH: (_, count) => ['334 VXNlcm5hbWU6', '334 UGFzc3dvcmQ6', '235 2.7.0 welcome'][count - 1]!,
    });
    expect(summaryOf(await attempt(server, {credentials}))).toBe('accepted 250');
  });
});
