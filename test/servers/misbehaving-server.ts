// An SMTP server on 127.0.0.1 that does one thing wrong, every time, at one stage of a session, and does
// everything else as it should. It knows what it has received; not who sends it or why.

import net from 'node:net';

export type Moment = 'greeting' | 'EHLO' | 'MAIL' | 'RCPT' | 'DATA' | 'dot';

const replies: Readonly<Record<Moment, string>> = {
  greeting: '220 odd.example ESMTP\r\n',
  EHLO: '250-odd.example\r\n250 PIPELINING\r\n',
  MAIL: '250 2.1.0 ok\r\n',
  RCPT: '250 2.1.5 ok\r\n',
  DATA: '354 go on\r\n',
  dot: '250 2.0.0 taken\r\n',
};

/** What it does instead of replying; true when it does nothing else from then on. */
export type Misbehaviour = (socket: net.Socket, reply: string, isEarly: boolean) => boolean;

export interface Wrong {
  readonly at?: Moment;
  readonly does?: Misbehaviour;
  /** What of the octets that have come together it takes notice of. */
  readonly hears?: (text: string) => string;
}

export interface MisbehavingServer {
  readonly port: number;
  readonly connections: () => number;
  /** Connections that nobody has ended, and that it will not say another word on, or hardly one. */
  readonly held: () => number;
  /** Message texts that have come whole. */
  readonly texts: readonly string[];
  close(): Promise<void>;
}

/** Nothing more, and nothing is heard. */
export const silence: Misbehaviour = () => true;

export const close: Misbehaviour = socket => {
  socket.end();
  return true;
};

export const reset: Misbehaviour = socket => {
  socket.resetAndDestroy();
  return true;
};

/** The right reply, an octet every six seconds: no stage may be kept alive by it. */
export const trickle: Misbehaviour = (socket, reply) => {
  let at = 0;
  const timer = setInterval(() => socket.write(reply[at++ % reply.length]!), 6000);
  socket.on('close', () => clearInterval(timer));
  return true;
};

/** As much as the other side takes. */
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

/** The right reply, and in the same breath those to all that has not been said yet. */
export const ahead =
  (...moments: readonly Moment[]): Misbehaviour =>
  (socket, reply) => {
    socket.write(reply + moments.map(moment => replies[moment]).join(''));
    return false;
  };

/** Only when more has come behind the command than should have. */
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
  const sockets = new Set<net.Socket>();
  const held = new Set<net.Socket>();
  let connections = 0;
  const server = net.createServer({allowHalfOpen: true}, socket => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      held.delete(socket);
    });
    socket.on('error', () => {});
    socket.on('end', () => {
      held.delete(socket);
      socket.end();
    });
    socket.setNoDelay(true);
    let buffer = '';
    let isText = false;
    let isDeaf = false;
    const answer = (moment: Moment): void => {
      if (moment === at) isDeaf = does(socket, replies[moment], buffer !== '');
      else socket.write(replies[moment]);
      if (isDeaf && !socket.writableEnded && !socket.destroyed) held.add(socket);
    };
    answer('greeting');
    socket.on('data', chunk => {
      buffer += isText ? chunk.toString('latin1') : hears(chunk.toString('latin1'));
      while (!isDeaf) {
        const mark = isText ? '\r\n.\r\n' : '\r\n';
        const end = buffer.indexOf(mark);
        if (end === -1) return;
        const taken = buffer.slice(0, end);
        buffer = buffer.slice(end + mark.length);
        if (isText) {
          isText = false;
          texts.push(taken);
          answer('dot');
          continue;
        }
        const verb = taken.split(/[ :]/)[0]!.toUpperCase();
        if (verb === 'QUIT') return void socket.end('221 2.0.0 bye\r\n');
        // Where the reply to DATA is wrong, no text follows.
        isText = verb === 'DATA' && (at !== 'DATA' || does === silence);
        if (verb in replies) answer(verb as Moment);
        else socket.write('250 2.0.0 ok\r\n');
      }
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    connections: () => connections,
    held: () => held.size,
    texts,
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
