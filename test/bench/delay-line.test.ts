import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import {afterEach, describe, expect, it} from 'vitest';
import {delayLine} from '../../bench/receivers/delay-line.ts';

const opened: {destroy(): void}[] = [];

afterEach(() => {
  for (const each of opened.splice(0)) each.destroy();
});

/** The two ends of a TCP connection. */
async function pair(): Promise<[Socket, Socket]> {
  const server = createServer({allowHalfOpen: true}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const near = connect({
    port: (server.address() as AddressInfo).port,
    host: '127.0.0.1',
    allowHalfOpen: true,
  });
  const [far] = (await once(server, 'connection')) as [Socket];
  server.close();
  opened.push(near, far);
  return [near, far];
}

/** A client and a server with a delay line each way. */
async function line(delayMs: number) {
  const [client, clientEnd] = await pair();
  const [serverEnd, server] = await pair();
  delayLine(clientEnd, serverEnd, delayMs, 1);
  delayLine(serverEnd, clientEnd, delayMs, 0);
  return {client, server};
}

describe('the delay line', () => {
  it('makes a round trip take at least twice its delay', async () => {
    const {client, server} = await line(15);
    server.on('data', chunk => server.write(chunk));
    for (let trip = 0; trip < 5; trip++) {
      const startedMs = performance.now();
      client.write('ping');
      await once(client, 'data');
      expect(performance.now() - startedMs).toBeGreaterThan(28);
    }
  });

  it('keeps every octet in order, and delays much no longer than little', async () => {
    // 386 writes with a delay each would take longer than a test may.
    const {client, server} = await line(2000);
    const sent = Buffer.from(Array.from({length: 3_000_000}, (_, index) => index % 251));
    for (let start = 0; start < sent.length; start += 7777) client.write(sent.subarray(start, start + 7777));
    client.end();
    const chunks: Buffer[] = [];
    for await (const chunk of server) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).equals(sent)).toBe(true);
  });

  it('ends one direction and leaves the other open', async () => {
    const {client, server} = await line(5);
    client.end('bye');
    await once(server, 'data');
    await once(server, 'end');
    server.write('so long');
    const [answer] = (await once(client, 'data')) as [Buffer];
    expect(String(answer)).toBe('so long');
  });
});
