// A TCP connection to a given address.

import {once} from 'node:events';
import net from 'node:net';
import type {Failure, Tried} from '../../../shared/smtp/failure.ts';
import {allowedMs, type Deadline} from './timeouts.ts';

/**
 * A server may be silent for ten minutes after the dot. A NAT gateway forgets a connection that is silent for 350 s, and the
 * reply would be lost (NAT gateways, Troubleshooting). Linux repeats this each 75 s.
 */
const keepAliveMs = 60_000;

export async function connectTcp(
  address: string,
  port: number,
  {connectTimeoutMs, ...deadline}: Deadline & {readonly connectTimeoutMs: number},
): Promise<Tried<{readonly socket: net.Socket}>> {
  // Nagle's algorithm would hold commands back until the text before them is acknowledged, which costs a round trip.
  const socket = net.connect({
    host: address,
    port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
  });
  // The greeting may come at once. It waits until somebody listens.
  socket.pause();
  const signal = AbortSignal.timeout(Math.ceil(Math.min(allowedMs('connect', deadline), connectTimeoutMs)));
  try {
    await once(socket, 'connect', {signal});
    return {ok: true, socket};
  } catch (error) {
    socket.destroy();
    const {code, message} = error as NodeJS.ErrnoException;
    const failure: Failure = signal.aborted
      ? {stage: 'connect', result: 'timeout', description: 'no connection in time'}
      : {stage: 'connect', result: 'lost', description: `no connection: ${code ?? message}`};
    return {ok: false, failure};
  }
}
