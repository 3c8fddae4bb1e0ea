// What is wrong with our set-up is logged as an error, and the settings are read again; what is not, is not.

import {afterEach, describe, expect, test} from 'vitest';
import {
  type Answer,
  type ScriptedServer,
  startScriptedServer,
  type Verb,
} from '../../servers/scripted-server.ts';
import {endWorlds, type World, worldOf} from './mx-world.ts';

const running: ScriptedServer[] = [];
afterEach(async () => {
  await endWorlds();
  for (const server of running.splice(0)) await server.close();
});

async function serve(script: Partial<Record<Verb, Answer>>): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  running.push(server);
  return server;
}

const refused = 'the server refused the credentials of the settings, or could not be given them';
const wanted = 'the server wants other credentials than those of the settings, or does not relay for us';
const offering = '250-scripted.example\r\n250 AUTH PLAIN LOGIN';
const none = '250 scripted.example';

const parametersOf = (kind: 'smarthost' | 'sink', {port}: ScriptedServer, credentials = true) => {
  const prefix = kind === 'sink' ? 'smtp-sink' : 'smarthost';
  return {
    [kind === 'sink' ? 'smtp-sink-ip' : 'smarthost']: '127.0.0.1',
    [`${prefix}-port`]: String(port),
    ...(credentials && {[`${prefix}-username`]: 'me', [`${prefix}-password`]: 'hunter2!'}),
  };
};
const outcomeOf = ({fate, errors, readAgain, entry}: Awaited<ReturnType<World['deliver']>>) => ({
  fate,
  status: entry.status,
  errors,
  readAgain,
});

describe.each(['smarthost', 'sink'] as const)('the settings’ %s', kind => {
  const denied = '554 5.7.1 <b@example.org>: Relay access denied';
  test.each([
    ['refuses the password', {EHLO: offering, AUTH: '535 5.7.8 no'}, '5.7.8', refused],
    ['refuses the exchange', {EHLO: offering, AUTH: '501 5.5.2 cannot decode'}, '5.5.2', refused],
    ['offers no AUTH', {EHLO: none}, '4.7.0', refused],
    ['offers no AUTH that we know', {EHLO: '250-x\r\n250 AUTH GSSAPI NTLM'}, '4.7.0', refused],
    ['wants it at MAIL', {EHLO: offering, MAIL: '530 5.7.0 Authentication required'}, '5.7.0', wanted],
    ['does not relay', {EHLO: offering, RCPT: denied}, '5.7.1', wanted],
  ])('that %s: deferred, one error, and the settings anew', async (_, script, status, error) => {
    const world = await worldOf({});
    const server = await serve(script);
    expect(outcomeOf(await world.deliver(parametersOf(kind, server)))).toEqual({
      fate: 'deferred',
      status,
      errors: [error],
      readAgain: 1,
    });
    expect(server.texts).toEqual([]);
  });

  test.each([
    ['cannot say', {EHLO: offering, AUTH: '454 4.7.0 temporary failure'}],
    ['goes away', {EHLO: offering, AUTH: '421 4.3.2 going'}],
    ['drops the connection at AUTH', {EHLO: offering, AUTH: 'drop'}],
    ['says junk at AUTH', {EHLO: offering, AUTH: 'what?'}],
    ['is busy', {connect: '421 busy'}],
    ['is confused', {EHLO: offering, MAIL: '503 5.5.1 what?'}],
  ])(
    'that %s: nothing is wrong with our set-up; only the smarthost’s mail stays in its queue',
    async (_, script) => {
      const world = await worldOf({});
      const delivering = world.deliver(parametersOf(kind, await serve(script)));
      if (kind === 'smarthost' && !('MAIL' in script)) {
        await expect(delivering).rejects.toThrow('hidden: its receiver failed');
        expect(world.errors).toEqual([]);
      } else expect(await delivering).toMatchObject({fate: 'deferred', errors: [], readAgain: 0});
    },
  );

  test('that wants authentication where the settings have no credentials', async () => {
    const world = await worldOf({});
    const server = await serve({MAIL: '530 5.7.0 Authentication required', RCPT: '503', DATA: '503'});
    const delivered = await world.deliver(parametersOf(kind, server, false));
    expect(delivered).toMatchObject({fate: 'deferred', errors: [wanted], readAgain: 1});
    expect(delivered.entry.description).toContain('the server wants authentication');
  });
});

test('a sink’s trouble is also reported for a message with its own smarthost, as the credentials are the sink’s', async () => {
  const world = await worldOf({});
  const server = await serve({EHLO: none});
  const message = {smarthost: {hostname: 'mail.example.net', username: 'a', password: 'b'}};
  expect(await world.deliver(parametersOf('sink', server), message)).toMatchObject({
    fate: 'deferred',
    errors: [refused],
    readAgain: 1,
  });
});

test.each([
  ['offers no AUTH', {EHLO: none}, '4.7.0'],
  ['refuses the password', {EHLO: offering, AUTH: '535 5.7.8 no'}, '5.7.8'],
  ['does not relay', {EHLO: offering, RCPT: '550 5.7.1 relaying denied'}, '5.7.1'],
])('a message’s own smarthost that %s is no complaint about our set-up', async (_, script, status) => {
  const world = await worldOf({});
  const server = await serve(script);
  // The settings have the same server, which makes it one that a message may name.
  const smarthost = {hostname: '127.0.0.1', port: server.port, username: 'a', password: 'b'};
  const delivered = await world.deliver(parametersOf('smarthost', server), {smarthost});
  expect(outcomeOf(delivered)).toEqual({fate: 'deferred', status, errors: [], readAgain: 0});
});
