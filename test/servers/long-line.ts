// A line to a server of a test that takes time: half of a round trip in each direction.

import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import {delayLine} from '../../bench/receivers/delay-line.ts';

export interface LongLine {
  readonly port: number;
  /** Of connections that begin from now on. */
  roundTripMs: number;
  /** How many messages have gone over it by BDAT. */
  readonly chunks: () => number;
  close(): void;
}

const options = {noDelay: true, allowHalfOpen: true};

export async function startLongLine(port: number): Promise<LongLine> {
  const sockets = new Set<Socket>();
  let chunks = 0;
  const line = createServer(options, client => {
    const server = connect({port, host: '127.0.0.1', ...options});
    for (const each of [client, server]) sockets.add(each.once('close', () => sockets.delete(each)));
    client.on('data', octets => {
      chunks += octets.toString('latin1').match(/^BDAT [1-9]/gm)?.length ?? 0;
    });
    delayLine(client, server, started.roundTripMs / 2, 1);
    delayLine(server, client, started.roundTripMs / 2, 0);
  });
  line.listen(0, '127.0.0.1');
  await once(line, 'listening');
  const started: LongLine = {
    port: (line.address() as AddressInfo).port,
    roundTripMs: 0,
    chunks: () => chunks,
    close() {
      line.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return started;
}
