// TLS sessions that are resumed, with real TLS: it must come to the same as a full handshake, whatever the server does.

import {constants, randomBytes} from 'node:crypto';
import type {SecureVersion} from 'node:tls';
import {afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest';
import {Lane} from '../../../../functions/deliver/lane.ts';
import {Connections} from '../../../../functions/deliver/pace/connections.ts';
import {openSession} from '../../../../functions/deliver/smtp/smtp-opening.ts';
import {TlsSessions} from '../../../../functions/deliver/smtp/tls-sessions.ts';
import type {Target} from '../../../../shared/smtp/target.ts';
import {certificateOf} from '../../../fixtures/fixture.ts';
import {type LineServer, type Script, startLineServer} from '../../../servers/line-server.ts';
import {mailTo, transact} from '../lane-under-test.ts';
import {endTls, options, running, serveLines, targetOf, trustCertificate} from './tls-under-test.ts';

beforeAll(trustCertificate);
let sessions: TlsSessions;
let aheadMs: number;
/** For each handshake that a server finished: whether it resumed a session. */
let resumed: boolean[];
beforeEach(() => {
  sessions = new TlsSessions();
  aheadMs = 0;
  resumed = [];
});
afterEach(endTls);

const serve = (script: Script = {}) =>
  serveLines({...script, onSecured: secured => void resumed.push(secured.isSessionReused())});

/** Opens a session, and ends it when the server has said all of the handshake. */
async function open({port}: {readonly port: number}, more: Partial<Target> = {}, wantsCertificate = false) {
  const opened = await openSession(targetOf({port}, more), {
    ...options,
    now: () => Date.now() + aheadMs,
    deadlineMs: Date.now() + aheadMs + 60_000,
    tlsSessions: sessions,
    wantsCertificate,
  });
  if (opened.ok) await opened.session.quit();
  const {connection: _, ...facts} = opened.ok ? opened.session.facts : opened.facts;
  return opened.ok ? facts : {...facts, failure: opened.failure};
}

/** Another server in the place of the first. */
async function replaced(server: LineServer, script: Script): Promise<LineServer> {
  await server.close();
  const another = await startLineServer({
    onSecured: secured => void resumed.push(secured.isSessionReused()),
    ...script,
    port: server.port,
  });
  running.push(another);
  return another;
}

describe.each<SecureVersion>(['TLSv1.2', 'TLSv1.3'])('under %s a session', version => {
  const tls = {minVersion: version, maxVersion: version};

  test.each([{}, {implicitTls: true}])('is resumed, and the facts are the same (%j)', async more => {
    const server = await serve({tls, isImplicit: 'implicitTls' in more});
    const first = await open(server, {security: 'verified', ...more});
    expect(first).toMatchObject({verified: true, cipher: {version}});
    expect(await open(server, {security: 'verified', ...more})).toEqual(first);
    expect(await open(server, {security: 'verified', ...more})).toEqual(first);
    expect(resumed).toEqual([false, true, true]);
  });

  test('of a server that proved nothing proves nothing when it is resumed', async () => {
    const server = await serve({tls});
    for (const _ of [1, 2, 3])
      expect(await open(server, {host: 'smtp.example.net'})).toMatchObject({verified: false});
    expect(resumed).toEqual([false, true, true]);
  });

  test('never serves another name, port, level, authority, policy or DANE record', async () => {
    const server = await serve({tls});
    await open(server, {host: 'smtp.example.net'});
    const variants: Partial<Target>[] = [
      {},
      {host: 'smtp.example.net', security: 'required'},
      {host: 'smtp.example.net', ca: certificateOf('example.org').cert},
      {host: 'smtp.example.net', policy: {mode: 'testing', mx: ['*.example.net']} as never},
      {host: 'smtp.example.net', dane: {records: [], names: []}},
    ];
    for (const more of variants) await open(server, more);
    await open(await serve({tls}), {host: 'smtp.example.net'});
    expect(resumed).toEqual(Array(7).fill(false));
    // The certificate is looked at as if nothing had been before.
    const refused = await open(server, {host: 'smtp.example.net', security: 'verified'});
    expect(refused).toMatchObject({verified: false, failure: {stage: 'starttls', fact: 'tls-failed'}});
  });

  test('is not kept of a server that is refused for its certificate', async () => {
    const server = await serve({tls});
    const wanted = {host: 'smtp.example.net', security: 'verified'} as const;
    expect(await open(server, wanted)).toHaveProperty('failure');
    expect(sessions.of(targetOf(server, wanted), Date.now())).toBeUndefined();
    expect(await open(server, wanted)).toHaveProperty('failure');
  });

  test('that the server refuses to resume costs nothing but the full handshake', async () => {
    const server = await serve({tls});
    const first = await open(server, {security: 'verified'});
    // Its keys for tickets are others now.
    const another = await replaced(server, {tls: {...tls, ...certificateOf('localhost')}});
    expect(await open(another, {security: 'verified'})).toEqual(first);
    expect(await open(another, {security: 'verified'})).toEqual(first);
    expect(resumed).toEqual([false, false, true]);
    expect(another.connections()).toBe(2);
  });

  test('of a server whose certificate is another by now says nothing of that', async () => {
    const server = await serve({tls});
    expect(await open(server)).toMatchObject({verified: true});
    const another = await replaced(server, {tls: {...tls, ...certificateOf('example.org')}});
    expect(await open(another)).toMatchObject({verified: false});
    expect(await open(another)).toMatchObject({verified: false});
    expect(resumed).toEqual([false, false, true]);
    expect(await open(another, {security: 'verified'})).toHaveProperty('failure');
  });

  test('that is resumed all the same is with whom it was begun', async () => {
    const ticketKeys = randomBytes(48);
    const withKeys = (more: object) => ({tls: {...tls, ...more, ticketKeys}});
    const server = await serve(withKeys({}));
    expect(await open(server)).toMatchObject({verified: true});
    const another = await replaced(server, withKeys(certificateOf('example.org')));
    expect(await open(another)).toMatchObject({verified: true});
    expect(resumed).toEqual([false, true]);
  });

  test('is resumed for an hour after the certificate was looked at, and no longer', async () => {
    const server = await serve({tls});
    await open(server);
    aheadMs = 3_500_000;
    await open(server);
    aheadMs = 3_700_000;
    await open(server);
    expect(resumed).toEqual([false, true, false]);
  });

  test('that a server stumbles over is given up, and clear text is not tried', async () => {
    const server = await serveLines({
      tls,
      onSecured: (secured, raw) => {
        resumed.push(secured.isSessionReused());
        if (secured.isSessionReused()) raw.resetAndDestroy();
      },
    });
    const first = await open(server, {security: 'optional'});
    expect(first).toMatchObject({verified: true});
    expect(await open(server, {security: 'optional'})).toEqual(first);
    expect(resumed).toEqual([false, true, false]);
    // It is not tried again.
    expect(await open(server, {security: 'optional'})).toEqual(first);
    expect(resumed).toEqual([false, true, false, false]);
    expect(server.connections()).toBe(4);
    expect(server.lines.filter(line => line === 'QUIT')).toEqual([]);
  });

  test('is not resumed where results tell the certificate', async () => {
    const server = await serve({tls});
    for (const _ of [1, 2])
      expect(await open(server, {}, true)).toMatchObject({certificate: {subject: {common: 'localhost'}}});
    expect(resumed).toEqual([false, false]);
  });
});

test('a server without sessions has none that are resumed', async () => {
  const server = await serve({tls: {maxVersion: 'TLSv1.2', secureOptions: constants.SSL_OP_NO_TICKET}});
  for (const _ of [1, 2]) expect(await open(server)).toMatchObject({verified: true});
  expect(resumed).toEqual([false, false]);
});

test('the lanes of an environment share the sessions', async () => {
  const server = await serve();
  const connections = new Connections(Date.now);
  running.push(connections);
  for (const name of ['a', 'b']) {
    const lane = new Lane(connections);
    const capacity = {...options.capacity, idleSeconds: 0};
    const sent = await transact(lane, targetOf(server), mailTo(name), {...options, capacity});
    expect(sent).toMatchObject({ok: true, facts: {verified: true}});
    await lane.close();
  }
  expect(resumed).toEqual([false, true]);
});
