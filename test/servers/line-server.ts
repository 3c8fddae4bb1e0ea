// The base of all scripted servers: it reads lines and texts, in clear and after STARTTLS, and writes what its script
// says, octet for octet. Use it where the form of a reply matters (odd line ends, replies in pieces), or TLS.

import net, {type AddressInfo} from 'node:net';
import tls, {type SecureContextOptions, type TLSSocket, type TLSSocketOptions} from 'node:tls';
import {SmtpInput} from './smtp-input.ts';

interface Exchange {
  readonly socket: net.Socket;
  /** Of `.`: the message text as it came over the wire, dots still stuffed, without the closing dot. */
  readonly text?: string;
  /** What has come behind the line. */
  readonly behind: string;
}

/**
 * The reply to a line, line ends included; `''` stands for the connection, which is greeted, and `.` for a text.
 * Undefined: the usual reply; null: nothing more is said or heard.
 */
type Says = (line: string, isSecure: boolean, exchange: Exchange) => string | undefined | null;

export interface Script {
  readonly says?: Says;
  /** Which of the octets that came together it hears, outside texts. */
  readonly hears?: (octets: Buffer, socket: net.Socket) => Buffer;
  readonly tls?: TLSSocketOptions & SecureContextOptions;
  /** TLS from the first octet. */
  readonly isImplicit?: boolean;
  readonly onSecured?: (socket: TLSSocket, raw: net.Socket) => void;
  readonly host?: string;
  readonly port?: number;
}

export interface LineServer {
  readonly port: number;
  /** What came, of all connections; what came under TLS begins with `TLS `. */
  readonly lines: readonly string[];
  readonly connections: () => number;
  /** How many connections are open. */
  readonly open: () => number;
  dropAll(): void;
  /** Keeps its connections and refuses new ones. */
  refuseOthers(): void;
  close(): Promise<void>;
}

const usual = (line: string, isSecure: boolean, hasTls: boolean): string => {
  const [verb] = line.toUpperCase().split(/[ :]/);
  if (verb === '') return '220 line.example\r\n';
  if (verb === 'EHLO')
    return `250-line.example\r\n${hasTls && !isSecure ? '250-STARTTLS\r\n' : ''}250 OK\r\n`;
  if (verb === 'STARTTLS') return hasTls ? '220 2.0.0 go\r\n' : '502 5.5.1 no\r\n';
  if (verb === 'AUTH') return '235 2.7.0 ok\r\n';
  if (verb === 'DATA') return '354 go\r\n';
  return verb === 'QUIT' ? '221 2.0.0 bye\r\n' : '250 2.0.0 ok\r\n';
};

export async function startLineServer(script: Script = {}): Promise<LineServer> {
  const {says = () => undefined, hears = octets => octets} = script;
  const lines: string[] = [];
  const sockets = new Set<net.Socket>();
  let connections = 0;
  const secureContext = script.tls && tls.createSecureContext(script.tls);

  const serve = (socket: net.Socket, isSecure: boolean) => {
    const input = new SmtpInput();
    let isText = false;
    let isDeaf = false;
    socket.on('error', () => {});
    const say = (line: string, text?: string) => {
      const exchange = {socket, behind: input.rest, ...(text !== undefined && {text})};
      const said = says(line, isSecure, exchange);
      isDeaf ||= said === null;
      const reply = isDeaf ? '' : (said ?? usual(line, isSecure, script.tls !== undefined));
      if (reply !== '' && !socket.destroyed) socket.write(reply, 'latin1');
      return reply;
    };
    const secure = () => {
      const secured = new tls.TLSSocket(socket, {isServer: true, ...script.tls, secureContext});
      secured.on('error', () => {});
      secured.on('secure', () => script.onSecured?.(secured, socket));
      serve(secured, true);
    };
    if (script.isImplicit && !isSecure) return secure();
    if (!isSecure) say('');
    else if (script.isImplicit) socket.once('secure', () => say(''));
    const receive = (octets: Buffer) => {
      input.add(isText ? octets : hears(octets, socket));
      while (!isDeaf) {
        const taken = isText ? input.text() : input.line();
        if (taken === undefined) return;
        const line = isText ? '.' : taken;
        lines.push(isSecure ? `TLS ${line}` : line);
        const reply = say(line, isText ? taken : undefined);
        isText = !isText && line === 'DATA' && /(?:^|[\r\n])354[^\r\n]*[\r\n]*$/.test(reply);
        if (line === 'QUIT') socket.end();
        if (line !== 'STARTTLS' || !secureContext || !/^\s*220/.test(reply)) continue;
        socket.off('data', receive);
        return secure();
      }
    };
    socket.on('data', receive);
  };

  const server = net.createServer({noDelay: true}, socket => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, false);
  });
  await new Promise<void>(resolve => server.listen(script.port ?? 0, script.host ?? '127.0.0.1', resolve));
  const dropAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    lines,
    connections: () => connections,
    open: () => sockets.size,
    dropAll,
    refuseOthers: () => server.close(),
    close: () =>
      new Promise(resolve => {
        dropAll();
        server.close(() => resolve());
      }),
  };
}
