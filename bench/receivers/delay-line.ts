// Holds back what passes for a while, and keeps its order: one direction of a long line. It has no limit to its
// bandwidth, as a line between two data centres hardly has one for mail.

import type {Socket} from 'node:net';

/** More than this is on its way only when the receiver does not read: then the sender is to wait. */
const mostOctets = 16 * 1024 * 1024;

interface Parcel {
  readonly dueMs: number;
  /** undefined is the end of the stream. */
  readonly chunk: Buffer | undefined;
}

/**
 * Passes on all that `from` receives, to `to`, `delayMs` later. Node's timers count whole milliseconds: a chunk may
 * be `earlyMs` before its time, else it is late. One way early and the other way late make a round trip exact.
 */
export function delayLine(from: Socket, to: Socket, delayMs: number, earlyMs: 0 | 1): void {
  const parcels: Parcel[] = [];
  let octets = 0;
  let timer: NodeJS.Timeout | undefined;

  const schedule = () => {
    const [first] = parcels;
    if (first === undefined || timer !== undefined) return;
    timer = setTimeout(deliver, Math.max(1, Math.floor(first.dueMs - performance.now())));
  };
  const deliver = () => {
    timer = undefined;
    const now = performance.now() + earlyMs;
    const due: Buffer[] = [];
    let ended = false;
    for (let first = parcels[0]; first !== undefined && first.dueMs <= now; first = parcels[0]) {
      parcels.shift();
      if (first.chunk === undefined) ended = true;
      else due.push(first.chunk);
    }
    if (due.length > 0) {
      const chunk = due.length === 1 ? due[0]! : Buffer.concat(due);
      octets -= chunk.length;
      to.write(chunk);
      if (octets < mostOctets) from.resume();
    }
    if (ended) to.end();
    schedule();
  };
  const send = (chunk: Buffer | undefined) => {
    parcels.push({dueMs: performance.now() + delayMs, chunk});
    schedule();
  };

  from.on('data', chunk => {
    octets += chunk.length;
    if (octets >= mostOctets) from.pause();
    send(chunk as Buffer);
  });
  // It may have been held until now.
  from.resume();
  from.once('end', () => send(undefined));
  // A connection that breaks, breaks on both sides, and nothing is on its way any more.
  from.on('error', () => {});
  from.once('close', hadError => {
    if (!hadError) return;
    clearTimeout(timer);
    to.destroy();
  });
}
