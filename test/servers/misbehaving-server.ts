// An SMTP server that does one thing wrong at one stage of a session, every time, and everything else right. Use it
// for a server that trickles, floods, resets, or speaks before its turn.

import type net from 'node:net';
import {type LineServer, startLineServer} from './line-server.ts';

export type Moment = 'greeting' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'dot';

const replies: Readonly<Record<Moment, string>> = {
  greeting: '220 odd.example ESMTP\r\n',
  EHLO: '250-odd.example\r\n250 PIPELINING\r\n',
  MAIL: '250 2.1.0 ok\r\n',
  RCPT: '250 2.1.5 ok\r\n',
  DATA: '354 go on\r\n',
  dot: '250 2.0.0 taken\r\n',
};

/** What it does instead of replying. @returns true when it does nothing more */
export type Misbehaviour = (socket: net.Socket, reply: string, isEarly: boolean) => boolean;

export interface Wrong {
  readonly at?: Moment;
  readonly does?: Misbehaviour;
  /** Which of the octets that came together it hears. */
  readonly hears?: (text: string) => string;
}

export interface MisbehavingServer extends Pick<LineServer, 'port' | 'connections' | 'close'> {
  /** How many open connections it keeps without ever replying as it should. */
  readonly held: () => number;
  /** Whole message texts, without their last line end. */
  readonly texts: readonly string[];
}

/** It says nothing more, and hears nothing. */
export const silence: Misbehaviour = () => true;

export const close: Misbehaviour = socket => {
  socket.end();
  return true;
};

export const reset: Misbehaviour = socket => {
  socket.resetAndDestroy();
  return true;
};

/** The right reply, with an octet every six seconds; no stage may last longer for it. */
export const trickle: Misbehaviour = (socket, reply) => {
  let at = 0;
  const timer = setInterval(() => socket.write(reply[at++ % reply.length]!), 6000);
  socket.on('close', () => clearInterval(timer));
  return true;
};

/** As much of a text as the other side takes. */
export const flood =
  (text: string): Misbehaviour =>
  socket => {
    const octets = text.repeat(Math.ceil(65_536 / text.length));
    const pour = () => {
      while (!socket.destroyed && socket.write(octets));
    };
    socket.on('drain', pour);
    pour();
    return true;
  };

export const says =
  (text: string): Misbehaviour =>
  socket => {
    socket.write(`${text}\r\n`, 'latin1');
    return false;
  };

/** A server that says this closes the connection (RFC 5321 3.8). */
export const goingAway: Misbehaviour = socket => {
  socket.end('421 4.3.2 going away\r\n');
  return true;
};

/** The right reply, followed at once by those to all that has not been said yet. */
export const ahead =
  (...moments: readonly Moment[]): Misbehaviour =>
  (socket, reply) => {
    socket.write(reply + moments.map(moment => replies[moment]).join(''));
    return false;
  };

/** Misbehaves only when more came with the command than should. */
export const ifEarly =
  (does: Misbehaviour): Misbehaviour =>
  (socket, reply, isEarly) => {
    if (isEarly) return does(socket, reply, isEarly);
    socket.write(reply);
    return false;
  };

export async function startMisbehavingServer({
  at,
  does = silence,
  hears = text => text,
}: Wrong = {}): Promise<MisbehavingServer> {
  const texts: string[] = [];
  const held = new Set<net.Socket>();
  const {port, connections, ...server} = await startLineServer({
    hears: octets => Buffer.from(hears(octets.toString('latin1')), 'latin1'),
    says: (line, _, {socket, text, behind}) => {
      if (text !== undefined) texts.push(text.slice(0, -2));
      const moment = momentOf(line);
      if (moment === undefined) return undefined;
      if (moment !== at) return replies[moment];
      if (!does(socket, replies[moment], behind !== '')) return '';
      if (!socket.writableEnded && !socket.destroyed) {
        held.add(socket);
        for (const event of ['end', 'close']) socket.on(event, () => held.delete(socket));
      }
      return null;
    },
  });
  return {port, connections, held: () => held.size, texts, close: server.close};
}

function momentOf(line: string): Moment | undefined {
  if (line === '') return 'greeting';
  if (line === '.') return 'dot';
  const [verb = ''] = line.toUpperCase().split(/[ :]/, 1);
  return verb in replies ? (verb as Moment) : undefined;
}
