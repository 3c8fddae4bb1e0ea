// The servers of the make-believe internet: one for each domain, at its address. Some are dead: they accept connections
// and never greet. Some are slow: they reply to each text after 40 s. Each notes what it has taken, and when.

import {once} from 'node:events';
import {type AddressInfo, createServer, type Server, type Socket} from 'node:net';
import {answerParent} from '../child.ts';
import {SmtpExchange} from '../receivers/smtp-exchange.ts';
import {addressOf, numberAt} from './domains.ts';

export type MailboxRequest =
  | {readonly listen: Listening}
  /** Since the last time: recipients, and when their mail came, in milliseconds since the epoch. */
  | {readonly arrivals: true};

export type MailboxReply = number | readonly (readonly [string, number])[];

interface Listening {
  readonly domains: number;
  /** The first so many. */
  readonly troubled: number;
  readonly trouble: 'dead' | 'slow' | undefined;
}

/** From a text to its reply. */
const usualMs = 60;
const slowMs = 40_000;

let arrivals: (readonly [string, number])[] = [];

function serve(socket: Socket, {troubled, trouble}: Listening): void {
  socket.on('error', () => socket.destroy());
  const isTroubled = numberAt(socket.localAddress ?? '') < troubled;
  if (isTroubled && trouble === 'dead') return;
  const replyMs = isTroubled && trouble === 'slow' ? slowMs : usualMs;
  // Replies stay in order: a text is worked on before what came after it.
  let busyUntilMs = 0;
  const write = (replies: string) => {
    const waitMs = busyUntilMs - Date.now();
    const say = () => {
      if (!socket.destroyed) socket.write(replies, 'latin1');
    };
    if (waitMs > 0) setTimeout(say, waitMs);
    else say();
  };
  const exchange = new SmtpExchange({
    offers: {chunking: true, starttls: false},
    taken: recipient => {
      const nowMs = Date.now();
      arrivals.push([recipient, nowMs]);
      busyUntilMs = Math.max(busyUntilMs, nowMs) + replyMs;
    },
    write,
    secure: () => {},
    end: () => setTimeout(() => socket.end(), Math.max(0, busyUntilMs - Date.now())),
  });
  socket.on('data', chunk => exchange.read(chunk));
  exchange.greet();
}

async function listenAt(address: string, port: number, listening: Listening): Promise<Server> {
  const server = createServer({noDelay: true}, socket => serve(socket, listening));
  server.listen({host: address, port, backlog: 511});
  await once(server, 'listening');
  return server;
}

/** @returns the port, which is the same at all addresses */
async function listen(listening: Listening): Promise<number> {
  const first = await listenAt(addressOf(0), 0, listening);
  const {port} = first.address() as AddressInfo;
  await Promise.all(
    Array.from({length: listening.domains - 1}, (_, index) =>
      listenAt(addressOf(index + 1), port, listening),
    ),
  );
  return port;
}

answerParent<MailboxRequest, MailboxReply>(request => {
  if ('listen' in request) return listen(request.listen);
  const taken = arrivals;
  arrivals = [];
  return taken;
});
