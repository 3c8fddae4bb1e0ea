// An SMTP server that offers CHUNKING (RFC 3030) and keeps account of its transactions, except where its script says
// otherwise. Use it for flights, and for servers that lie about BDAT: whatever they read as a command and is none is noted.

import {once} from 'node:events';
import net, {type AddressInfo} from 'node:net';
import {SmtpInput} from './smtp-input.ts';

export interface Spoken {
  readonly verb: string;
  readonly line: string;
  /** Whether the server is in a transaction, and whether that has a recipient. */
  readonly hasMail: boolean;
  readonly hasRecipient: boolean;
  /** Of this verb, over all connections, this one included. */
  readonly count: number;
  readonly connection: number;
  readonly usual: string;
  /** Of BDAT and DATA: what came. */
  readonly text?: string;
}

/**
 * Replies without the last CRLF, `drop` for the connection, `` for nothing; undefined for the usual. What begins with
 * `hold:` is held back, and all behind it, until `release`.
 */
export type Saying = (spoken: Spoken) => string | undefined;

export interface ChunkingScript {
  readonly says?: Saying;
  readonly offers?: readonly string[];
  /** False for a server that takes BDAT for an unknown command, and its text for commands. */
  readonly knowsBdat?: boolean;
  /** Takes no more octets of its clients than this, then drops the connection. */
  readonly mostOctets?: number;
}

export interface ChunkingServer {
  readonly port: number;
  readonly commands: readonly string[];
  readonly texts: readonly string[];
  /** What it read as a command, and is none. */
  readonly nonsense: readonly string[];
  readonly connections: () => number;
  /** Says what was held back. */
  readonly release: () => void;
  close(): Promise<void>;
}

export const allOffers = ['PIPELINING', 'CHUNKING', '8BITMIME', 'SMTPUTF8', 'SIZE 104857600'];
const verbs = /^(?:EHLO|HELO|MAIL|RCPT|DATA|RSET|NOOP|QUIT|BDAT)\b/;

export async function startChunkingServer({
  says = () => undefined,
  offers = allOffers,
  knowsBdat = true,
  mostOctets = Number.POSITIVE_INFINITY,
}: ChunkingScript = {}): Promise<ChunkingServer> {
  const commands: string[] = [];
  const texts: string[] = [];
  const nonsense: string[] = [];
  const counts = new Map<string, number>();
  const sockets = new Set<net.Socket>();
  const holding = new Set<() => void>();
  let connections = 0;

  const serve = (socket: net.Socket) => {
    connections += 1;
    const connection = connections;
    const input = new SmtpInput();
    let hasMail = false;
    let hasRecipient = false;
    /** What is read: a line, a text up to its dot, or octets for a line. */
    let wanted: 'line' | 'text' | {readonly line: string; readonly octets: number} = 'line';
    let isHolding = false;
    /** It has said 421: it reads, and does nothing any more. */
    let isLeaving = false;
    let held = '';
    let octetsLeft = mostOctets;
    const write = (reply: string) => {
      if (isHolding) held += reply;
      else if (!socket.destroyed) socket.write(reply, 'latin1');
    };
    const usualTo = (verb: string, line: string): string => {
      const isChunkOut = verb === 'BDAT' && !hasRecipient;
      switch (verb) {
        case 'connect':
          return '220 chunking.example ESMTP';
        case 'EHLO':
          return ['chunking.example', ...offers]
            .map((offer, index) => `250${index < offers.length ? '-' : ' '}${offer}`)
            .join('\r\n');
        case 'MAIL':
          return hasMail ? '503 5.5.1 nested MAIL' : '250 2.1.0 sender ok';
        case 'RCPT':
          return hasMail ? '250 2.1.5 recipient ok' : '503 5.5.1 need MAIL';
        case 'DATA':
          return hasRecipient ? '354 go on' : '503 5.5.1 need RCPT';
        case 'BDAT':
          if (!knowsBdat) return '500 5.5.2 unknown command';
          return isChunkOut ? '503 5.5.1 need RCPT' : '250 2.0.0 taken';
        case '.':
          return '250 2.0.0 taken';
        case 'QUIT':
          return '221 2.0.0 bye';
        default:
          if (verbs.test(line)) return '250 2.0.0 ok';
          nonsense.push(line);
          return '500 5.5.2 what?';
      }
    };
    const answer = (verb: string, line: string, text?: string) => {
      const count = (counts.get(verb) ?? 0) + 1;
      counts.set(verb, count);
      const usual = usualTo(verb, line);
      const known = {verb, line, hasMail, hasRecipient, count, connection, usual};
      const wish = says({...known, ...(text !== undefined && {text})}) ?? usual;
      if (wish === 'drop') return void socket.destroy();
      const said = wish.replace(/^hold:/, '') || (wish === '' ? '' : usual);
      if (wish !== said && wish.startsWith('hold:')) {
        isHolding = true;
        holding.add(() => {
          isHolding = false;
          write(held);
          held = '';
          if (isLeaving) socket.end();
        });
      }
      if (isLeaving) return;
      if (said !== '') write(`${said}\r\n`);
      const isTaken = /^2/.test(said);
      if (verb === 'MAIL' && isTaken) hasMail = true;
      else if (verb === 'RCPT' && isTaken) hasRecipient = true;
      else if (verb === 'RSET' || verb === '.' || (verb === 'BDAT' && isTaken))
        hasMail = hasRecipient = false;
      if (verb === 'DATA' && said.startsWith('354')) wanted = 'text';
      if (text !== undefined && isTaken && /LAST|^\.$/.test(line)) texts.push(text);
      isLeaving = verb === 'QUIT' || said.startsWith('421');
      if (isLeaving && !isHolding) socket.end();
    };
    socket.on('error', () => {});
    answer('connect', '');
    socket.on('data', (octets: Buffer) => {
      if (octets.length > octetsLeft) {
        socket.destroy();
        return;
      }
      octetsLeft -= octets.length;
      input.add(octets);
      while (!socket.destroyed) {
        const now = wanted;
        const taken =
          now === 'line' ? input.line() : now === 'text' ? input.text() : input.octets(now.octets);
        if (taken === undefined) return;
        wanted = 'line';
        if (now === 'text') answer('.', '.', taken.replace(/(^|\r\n)\./g, '$1'));
        else if (now !== 'line') answer('BDAT', now.line, taken);
        else {
          commands.push(taken);
          const [verb = ''] = taken.toUpperCase().split(/[ :]/, 1);
          const chunk = /^BDAT (\d+)/.exec(taken);
          if (chunk && knowsBdat) wanted = {line: taken, octets: Number(chunk[1])};
          else answer(verb, taken);
        }
      }
    });
  };

  const server = net.createServer({noDelay: true}, socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    commands,
    texts,
    nonsense,
    connections: () => connections,
    release: () => {
      for (const each of holding) each();
      holding.clear();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}
