// The TCP connection to an address of our choice.

import net from 'node:net';
import type {Failure} from '../../../shared/smtp/verdict.ts';
import {allowedMs, type Clock} from './timeouts.ts';

export type Connected =
  | {readonly ok: true; readonly socket: net.Socket}
  | {readonly ok: false; readonly failure: Failure};

export function connectTcp(
  address: string,
  port: number,
  {connectTimeoutMs, ...clock}: Clock & {readonly connectTimeoutMs: number},
): Promise<Connected> {
  return new Promise(resolve => {
    // Nagle's algorithm would hold commands back until the text before them is acknowledged: a round trip lost.
    const socket = net.connect({host: address, port, noDelay: true});
    const fail = (result: 'timeout' | 'lost', description: string) => {
      socket.destroy();
      resolve({ok: false, failure: {stage: 'connect', result, description}});
    };
    const timer = setTimeout(
      () => fail('timeout', 'no connection in time'),
      Math.min(allowedMs('connect', clock), connectTimeoutMs),
    );
    const onError = (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      fail('lost', `no connection: ${error.code ?? error.message}`);
    };
    socket.once('error', onError);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeListener('error', onError);
      // The greeting may be in already: it waits until somebody listens.
      socket.pause();
      resolve({ok: true, socket});
    });
  });
}
