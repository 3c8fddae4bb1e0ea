import net from 'node:net';
import {afterEach, describe, expect, test, vi} from 'vitest';
import {Connections} from '../../../functions/deliver/pace/connections.ts';
import type {Target} from '../../../shared/smtp/target.ts';
import {startLineServer} from '../../servers/line-server.ts';
import {
  beginAll,
  done,
  endLanes,
  laneOf,
  mailTo,
  options,
  running,
  serve,
  targetOf,
} from './lane-under-test.ts';

afterEach(endLanes);

describe('pipelined transactions', () => {
  test('overlap: the next DATA is there before the reply to the dot', async () => {
    const server = await serve({
      '.': (_, count) => (count < 4 ? 'later:250 2.0.0 taken' : '250 2.0.0 taken'),
    });
    expect(await beginAll(laneOf(), targetOf(server), ['a', 'b', 'c', 'd'])).toEqual([
      done,
      done,
      done,
      done,
    ]);
    expect(server.connections()).toBe(1);
    expect(server.texts).toEqual(['a', 'b', 'c', 'd'].map(name => `Subject: ${name}\r\n\r\nbody\r\n`));
  });

  test('leave together: a text, and the commands of the next message behind it', async () => {
    const server = await serve();
    const writes = vi.spyOn(net.Socket.prototype, '_writev');
    const connects = vi.spyOn(net, 'connect');
    expect(await beginAll(laneOf(), targetOf(server), ['a', 'b', 'c'])).toEqual([done, done, done]);
    const together = writes.mock.calls.map(([chunks]) => chunks.map(({chunk}) => `${chunk}`).join(''));
    expect(together.filter(octets => /\r\n\.\r\nMAIL .*RCPT .*DATA\r\n$/s.test(octets))).toHaveLength(2);
    expect(connects.mock.calls).toEqual([[expect.objectContaining({noDelay: true})]]);
    vi.restoreAllMocks();
  });

  test('do not overlap where PIPELINING is not offered', async () => {
    const server = await serve({EHLO: '250 scripted.example'});
    expect(await beginAll(laneOf(), targetOf(server), ['a', 'b'])).toEqual([done, done]);
    expect(server.early()).toEqual([]);
  });

  test('a loss after the dot defers that message alone; the next one goes over a new connection', async () => {
    const server = await serve({
      '.': (_, count) => (count === 1 ? 'later:250' : '250 taken'),
      DATA: (_, count) => (count === 2 ? 'drop' : '354 go'),
    });
    const outcomes = await beginAll(laneOf(), targetOf(server), ['a', 'b', 'c']);
    expect(outcomes).toEqual([{ok: false, stage: 'message', result: 'lost', code: undefined}, done, done]);
    expect(server.connections()).toBe(2);
  });

  test('a loss while a text is sent costs one new connection, for that message and the next one', async () => {
    const server = await serve({
      EHLO: '250-scripted.example\r\n250 PIPELINING',
      DATA: (_, count) => {
        if (count === 2) setImmediate(() => server.dropAll());
        return '354 go';
      },
    });
    const long = mailTo('b', `Subject: b\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(60_000)}`);
    expect(await beginAll(laneOf(), targetOf(server), ['a', long, 'c', 'd'], options({}, 20_000))).toEqual([
      done,
      done,
      done,
      done,
    ]);
    expect(server.connections()).toBe(2);
    expect(server.texts).toHaveLength(4);
  });

  test('a refused dot leaves the connection to the next message', async () => {
    const server = await serve({'.': (_, count) => (count === 1 ? 'later:554 5.6.0 spam' : '250 taken')});
    const outcomes = await beginAll(laneOf(), targetOf(server), ['a', 'b']);
    expect(outcomes).toEqual([{ok: false, stage: 'message', result: 'error', code: 554}, done]);
    expect(server.connections()).toBe(1);
  });

  test('a goodbye instead of a reply to the dot defers that message alone', async () => {
    const server = await serve({'.': (_, count) => (count === 1 ? 'later:421 4.3.2 going' : '250 taken')});
    const outcomes = await beginAll(laneOf(), targetOf(server), ['a', 'b']);
    expect(outcomes).toEqual([{ok: false, stage: 'message', result: 'error', code: 421}, done]);
    expect(server.connections()).toBe(2);
  });

  test('a refused recipient is left behind with RSET, in the same flight as the next message', async () => {
    const server = await serve({
      RCPT: (_, count) => (count === 1 ? '550 5.1.1 unknown' : '250 ok'),
      DATA: (_, count) => (count === 1 ? '554 no valid recipients' : '354 go'),
    });
    const outcomes = await beginAll(laneOf(), targetOf(server), ['a', 'b']);
    expect(outcomes).toEqual([{ok: false, stage: 'rcptto', result: 'error', code: 550}, done]);
    expect(server.commands.filter(line => /^(RSET|RCPT)/.test(line))).toEqual([
      'RCPT TO:<a@example.org>',
      'RSET',
      'RCPT TO:<b@example.org>',
    ]);
    expect(server.connections()).toBe(1);
  });

  test('DATA that is taken although the recipient was refused is ended by a dot alone', async () => {
    const server = await serve({
      RCPT: (_, count) => (count === 1 ? '550 5.1.1 unknown' : '250 ok'),
      '.': (_, count) => (count === 1 ? '554 no valid recipients' : '250 taken'),
    });
    const outcomes = await beginAll(laneOf(), targetOf(server), ['a', 'b']);
    expect(outcomes).toEqual([{ok: false, stage: 'rcptto', result: 'error', code: 550}, done]);
    expect(server.texts).toEqual(['', 'Subject: b\r\n\r\nbody\r\n']);
  });

  test.each([
    ['drops the connection', 'drop'],
    ['loses count', '503 5.5.1 one at a time'],
  ])('a server that offers PIPELINING and %s is spoken to command by command', async (_, answer) => {
    const server = await serve({RCPT: () => (server.early().length > 0 ? answer : '250 ok')});
    const connections = new Connections(Date.now);
    expect(await beginAll(laneOf(connections), targetOf(server), ['a', 'b'])).toEqual([done, done]);
    expect(server.connections()).toBe(2);
    expect(await beginAll(laneOf(connections), targetOf(server), ['c'])).toEqual([done]);
    expect(server.connections()).toBe(3);
  });
});

describe('replies', () => {
  const answering = async (reply: string, octetsAtATime = 1) => {
    const server = await startLineServer({
      says: (line, _, {socket}) => {
        if (!line.startsWith('MAIL')) return undefined;
        for (let at = 0; at < reply.length; at += octetsAtATime)
          socket.write(reply.slice(at, at + octetsAtATime));
        return '';
      },
    });
    running.push(server);
    return beginAll(laneOf(), targetOf(server), ['a']);
  };

  test('may come an octet at a time, over many lines, in UTF-8', async () => {
    expect(await answering('250-2.1.0 Grüße\r\n250-2.1.0 😀\r\n250 2.1.0 ok\r\n')).toEqual([done]);
  });

  test('may be long', async () => {
    expect(await answering(`${'250-more\r\n'.repeat(3000)}250 ok\r\n`, 5000)).toEqual([done]);
  });

  test.each(['250-more\r\n'.repeat(120_000), 'x'.repeat(1_200_000)])(
    'without an end are no replies',
    async endless => {
      expect(await answering(endless, 5000)).toMatchObject([{stage: 'mailfrom', result: 'invalid'}]);
    },
  );
});

describe('a connection', () => {
  test('carries as many messages as it may, and then another one does', async () => {
    const server = await serve();
    const outcomes = await beginAll(
      laneOf(),
      targetOf(server),
      ['a', 'b', 'c', 'd', 'e'],
      options({messagesPerConnection: 2}),
    );
    expect(outcomes).toEqual([done, done, done, done, done]);
    expect(server.connections()).toBe(3);
    expect(server.commands.filter(line => line === 'QUIT')).toHaveLength(2);
  });

  test('is kept for the next batch if it may lie idle, and otherwise not', async () => {
    for (const [idleSeconds, opened] of [
      [60, 1],
      [0, 2],
    ] as const) {
      const server = await serve();
      const connections = new Connections(Date.now);
      for (const name of ['a', 'b']) {
        const lane = laneOf(connections);
        expect(await beginAll(lane, targetOf(server), [name], options({idleSeconds}))).toEqual([done]);
        await lane.close();
      }
      expect(server.connections()).toBe(opened);
      connections.close();
    }
  });

  test('is kept beside two others like it, and no more than that', async () => {
    const server = await serve();
    const connections = new Connections(Date.now);
    for (const opened of [5, 7]) {
      const lanes = Array.from({length: 5}, () => laneOf(connections));
      const idle = options({idleSeconds: 60});
      await Promise.all(lanes.map(lane => beginAll(lane, targetOf(server), ['a'], idle)));
      expect(server.connections()).toBe(opened);
      for (const lane of lanes) await lane.close();
    }
    await expect.poll(() => server.commands.filter(line => line === 'QUIT')).toHaveLength(4);
  });

  test('that the server has closed meanwhile costs neither a message nor an attempt', async () => {
    const server = await serve();
    const connections = new Connections(Date.now);
    const first = laneOf(connections);
    await beginAll(first, targetOf(server), ['a'], options({idleSeconds: 60}));
    await first.close();
    server.dropAll();
    expect(await beginAll(laneOf(connections), targetOf(server), ['b'], options({idleSeconds: 60}))).toEqual([
      done,
    ]);
    expect(server.connections()).toBe(2);
  });

  test('is not kept beyond its time', async () => {
    const server = await serve();
    let now = Date.now();
    const connections = new Connections(() => now);
    const first = laneOf(connections);
    await beginAll(first, targetOf(server), ['a'], options({idleSeconds: 60}));
    await first.close();
    now += 61_000;
    expect(await beginAll(laneOf(connections), targetOf(server), ['b'], options({idleSeconds: 60}))).toEqual([
      done,
    ]);
    expect(server.connections()).toBe(2);
  });

  test('never serves another host, port, TLS level or password', async () => {
    const server = await serve({EHLO: '250-scripted.example\r\n250 AUTH PLAIN'});
    const connections = new Connections(Date.now);
    const target = {...targetOf(server), credentials: {username: 'u', password: 'p'}};
    const variants: Target[] = [
      target,
      {...target, host: 'other.example'},
      {...target, security: 'optional'},
      {...target, credentials: {username: 'u', password: 'q'}},
    ];
    for (const each of variants) {
      const lane = laneOf(connections);
      await beginAll(lane, each, ['a'], options({idleSeconds: 60}));
      await lane.close();
    }
    expect(server.connections()).toBe(variants.length);
  });
});
