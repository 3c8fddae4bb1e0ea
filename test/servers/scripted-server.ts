// An SMTP server on the loopback interface that says what a test tells it to, octet for octet. Well-behaved unless told
// otherwise; for what no real server does on demand: dropping, stalling, answering junk at a chosen stage.

import net from 'node:net';

export type Verb =
  | 'connect'
  | 'EHLO'
  | 'HELO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | '.'
  | 'RSET'
  | 'QUIT';

/**
 * A reply (CRLF is added); `later:` and a reply that is held back, with those behind it, until the next DATA has
 * come; `drop` the connection; `silence` from here on; or a function of the command line.
 */
export type Answer = string | ((line: string, count: number) => string);

const wellBehaved: Record<Verb, Answer> = {
  connect: '220 scripted.example ESMTP',
  EHLO: '250-scripted.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 10485760',
  HELO: '250 scripted.example',
  STARTTLS: '502 5.5.1 not implemented',
  AUTH: '235 2.7.0 welcome',
  MAIL: '250 2.1.0 ok',
  RCPT: '250 2.1.5 ok',
  DATA: '354 go on',
  '.': '250 2.0.0 taken',
  RSET: '250 2.0.0 ok',
  QUIT: '221 2.0.0 bye',
};

export interface ScriptedServer {
  readonly port: number;
  /** Command lines, in order, of all connections. */
  readonly commands: readonly string[];
  /** Message texts as they came over the wire, dots still stuffed, without the closing dot. */
  readonly texts: readonly string[];
  readonly connections: () => number;
  /** How many of them are open. */
  readonly open: () => number;
  /** What the latest connection has sent more behind before it was answered. */
  readonly early: () => readonly string[];
  dropAll(): void;
  /** Goes on with the connections that there are, and refuses others. */
  refuseOthers(): void;
  close(): Promise<void>;
}

export async function startScriptedServer(
  script: Partial<Record<Verb, Answer>> = {},
  port = 0,
  address = '127.0.0.1',
): Promise<ScriptedServer> {
  const commands: string[] = [];
  const texts: string[] = [];
  const counts = new Map<Verb, number>();
  const sockets = new Set<net.Socket>();
  let early: string[] = [];
  let connections = 0;

  const server = net.createServer(socket => {
    connections += 1;
    sockets.add(socket);
    early = [];
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.setNoDelay(true);
    let buffer = '';
    let inData = false;
    let silent = false;
    let holding = false;
    const held: string[] = [];
    const answer = (verb: Verb, line: string): string => {
      const count = (counts.get(verb) ?? 0) + 1;
      counts.set(verb, count);
      const scripted = script[verb] ?? wellBehaved[verb];
      const reply = typeof scripted === 'function' ? scripted(line, count) : scripted;
      silent ||= reply === 'silence';
      if (reply === 'drop') socket.destroy();
      else if (!silent) held.push(`${reply.replace('later:', '')}\r\n`);
      holding = reply.startsWith('later:') || (holding && verb !== 'DATA');
      if (!holding && held.length > 0) socket.write(held.splice(0).join(''), 'latin1');
      return reply;
    };
    answer('connect', '');
    socket.on('data', chunk => {
      // A TLS ClientHello (RFC 8446 5.1, content type 22): no TLS here, so the handshake fails.
      if (chunk[0] === 22) return socket.destroy();
      buffer += chunk.toString('latin1');
      for (;;) {
        if (inData) {
          const end = buffer.startsWith('.\r\n') ? 0 : buffer.indexOf('\r\n.\r\n') + 2;
          if (end === 1) return undefined;
          texts.push(buffer.slice(0, end));
          buffer = buffer.slice(end + 3);
          inData = false;
          if (buffer !== '') early.push('.');
          answer('.', '.');
          continue;
        }
        const end = buffer.indexOf('\r\n');
        if (end === -1) return undefined;
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        commands.push(line);
        if (buffer !== '') early.push(line);
        const verb = line.split(/[ :]/)[0]!.toUpperCase() as Verb;
        const reply = verb in wellBehaved ? answer(verb, line) : answer('AUTH', line);
        if (verb === 'DATA' && reply.startsWith('354')) inData = true;
        if (verb === 'QUIT') socket.end();
      }
    });
  });
  await new Promise<void>(resolve => server.listen(port, address, resolve));
  return {
    port: (server.address() as net.AddressInfo).port,
    commands,
    texts,
    connections: () => connections,
    open: () => sockets.size,
    refuseOthers: () => server.close(),
    early: () => early,
    dropAll: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
