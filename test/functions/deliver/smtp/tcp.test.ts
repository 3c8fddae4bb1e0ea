// A connection as the system knows it: Linux shows the timer that runs on it.

import {readFile} from 'node:fs/promises';
import type net from 'node:net';
import {afterEach, expect, test} from 'vitest';
import {connectTcp} from '../../../../functions/deliver/smtp/tcp.ts';
import {endLanes, running, serve} from '../lane-under-test.ts';

afterEach(endLanes);

/** USER_HZ */
const ticksPerSecond = 100;

/** How long until keep-alive asks whether the other side is there; undefined where it never does (proc_net_tcp). */
async function keepAliveSecondsOf({localPort = 0}: net.Socket): Promise<number | undefined> {
  const port = localPort.toString(16).toUpperCase().padStart(4, '0');
  const line = (await readFile('/proc/net/tcp', 'utf8'))
    .split('\n')
    .find(each => new RegExp(`^\\s*\\d+: 0100007F:${port} \\S+ 01 `).test(each));
  const [, kind, ticks = ''] = /\b([0-9A-F]{2}):([0-9A-F]{8}) [0-9A-F]{8} /.exec(line ?? '') ?? [];
  return kind === '02' ? Number.parseInt(ticks, 16) / ticksPerSecond : undefined;
}

test.skipIf(process.platform !== 'linux')(
  'a silent connection is kept alive before a NAT gateway forgets it, after 350 s',
  async () => {
    const server = await serve();
    const connected = await connectTcp('127.0.0.1', server.port, {
      connectTimeoutMs: 300_000,
      deadlineMs: Date.now() + 300_000,
      now: Date.now,
    });
    if (!connected.ok) throw new Error(connected.failure.description);
    running.push({close: () => connected.socket.destroy()});
    // Until what was sent last is acknowledged, another timer runs.
    await expect.poll(() => keepAliveSecondsOf(connected.socket)).toBeDefined();
    expect(await keepAliveSecondsOf(connected.socket)).toBeLessThan(350 - 75);
  },
);
