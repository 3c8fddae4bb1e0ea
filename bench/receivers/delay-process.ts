// A TCP proxy that puts a receiver as far away as a round-trip time says: half of it in each direction. (Linux's
// netem would do the same in the kernel, where the kernel has it and one may use it.)

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
  // The client is connected at once, and a far server would know of it only after SYN, SYN-ACK and ACK: what the
  // handshake should have taken is made up for here.
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
