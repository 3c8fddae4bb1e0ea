// nodemailer in a process of its own, which lives from the first run to the last.

import {Child} from '../child.ts';
import {tenKB} from '../mail.ts';
import {cpuSecondsOf, peakMBOf} from '../process-figures.ts';
import type {Place} from '../receivers/place.ts';
import type {NodemailerRequest} from './nodemailer-process.ts';
import type {RunFigures, Subject} from './subject.ts';

const titles = {pool: "nodemailer's pool", connection: "nodemailer's bare connection"} as const;

export function nodemailerPeer(via: 'pool' | 'connection'): Subject {
  const child = new Child<NodemailerRequest, number>('peers/nodemailer-process.ts');
  const send = ({host, port}: Place, connections: number, messages: number) =>
    child.ask({via, host, port, connections, messages, octets: tenKB});
  return {
    name: titles[via],
    unfit: ({line: {kind}, roundTripMs}) =>
      via === 'connection' && (roundTripMs > 0 || kind === 'postfix')
        ? 'with a round-trip time it waits for the same replies as the pool'
        : undefined,
    warmUp: async (...run) => void (await send(...run)),
    async run(place, connections, messages): Promise<RunFigures> {
      const before = cpuSecondsOf(child.pid);
      const elapsedMs = await send(place, connections, messages);
      const cpuSeconds = cpuSecondsOf(child.pid) - before;
      return {messages, elapsedMs, cpuSeconds, peakMB: peakMBOf(child.pid)};
    },
    close: () => child.close(),
  };
}
