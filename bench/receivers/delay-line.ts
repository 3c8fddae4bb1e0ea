// One direction of a long line: it holds back what passes for a while and keeps the order. Its bandwidth is not
// limited, as that of a line between two data centres hardly is for mail.

import type {Socket} from 'node:net';

/** More than this is on its way only when the receiver does not read. Then the sender has to wait. */
const mostOctets = 16 * 1024 * 1024;

interface Parcel {
  readonly dueMs: number;
  /** undefined is the end of the stream. */
  readonly chunk: Buffer | undefined;
}

/**
 * Passes all that `from` receives on to `to`, `delayMs` later. Node's timers count whole milliseconds, so a chunk may
 * go `earlyMs` before its time, or else goes late. Early one way and late the other makes the round trip exact.
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
  // It may have been paused until now.
  from.resume();
  from.once('end', () => send(undefined));
  // A connection that breaks on one side breaks on both, and what is on its way is lost.
  from.on('error', () => {});
  from.once('close', hadError => {
    if (!hadError) return;
    clearTimeout(timer);
    to.destroy();
  });
}
