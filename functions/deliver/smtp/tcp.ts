// A TCP connection to a given address.

import net from 'node:net';
import type {Tried} from '../../../shared/smtp/failure.ts';
import {allowedMs, type Deadline} from './timeouts.ts';

export function connectTcp(
  address: string,
  port: number,
  {connectTimeoutMs, ...deadline}: Deadline & {readonly connectTimeoutMs: number},
): Promise<Tried<{readonly socket: net.Socket}>> {
  return new Promise(resolve => {
    // Nagle's algorithm would hold commands back until the text before them is acknowledged, which costs a round trip.
    const socket = net.connect({host: address, port, noDelay: true});
    const fail = (result: 'timeout' | 'lost', description: string) => {
      socket.destroy();
      resolve({ok: false, failure: {stage: 'connect', result, description}});
    };
    const timer = setTimeout(
      () => fail('timeout', 'no connection in time'),
      Math.min(allowedMs('connect', deadline), connectTimeoutMs),
    );
    const onError = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail('lost', `no connection: ${error.code ?? error.message}`);
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeListener('error', onError);
      // The greeting may be there already. It waits until somebody listens.
      socket.pause();
      resolve({ok: true, socket});
    });
  });
}
