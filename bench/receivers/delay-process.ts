// A TCP proxy that adds a round-trip time to a receiver: half of it in each direction. (Linux's netem does the same,
// where the kernel has it and the user may use it.)

import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import {answerParent} from '../child.ts';
import {delayLine} from './delay-line.ts';

export interface DelayRequest {
  readonly port: number;
  readonly roundTripMs: number;
}

const options = {noDelay: true, allowHalfOpen: true};

async function pass(client: Socket, {port, roundTripMs}: DelayRequest): Promise<void> {
  client.pause();
  client.on('error', () => {});
  // The client is connected at once. A far server would know of it only after SYN, SYN-ACK and ACK, so the time of the
  // handshake is added here.
  await delay(1.5 * roundTripMs);
  if (client.destroyed) return;
  const server = connect({port, host: '127.0.0.1', ...options});
  delayLine(client, server, roundTripMs / 2, 1);
  delayLine(server, client, roundTripMs / 2, 0);
}

answerParent<DelayRequest, number>(async request => {
  const proxy = createServer(options, client => void pass(client, request));
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return (proxy.address() as AddressInfo).port;
});
