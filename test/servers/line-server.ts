// An SMTP server on 127.0.0.1 whose replies are a test's, octet for octet, in clear and behind STARTTLS.

import net, {type AddressInfo} from 'node:net';
import tls, {type TLSSocket, type TLSSocketOptions} from 'node:tls';

export interface Script {
  /**
   * What is said to a line, line ends included; to `''` for the greeting, to `.` for a text. Undefined: what any server
   * would say.
   */
  readonly says?: (line: string, isSecure: boolean) => string | undefined;
  readonly tls?: TLSSocketOptions;
  /** TLS from the first octet. */
  readonly isImplicit?: boolean;
  readonly onSecured?: (socket: TLSSocket, raw: net.Socket) => void;
  readonly host?: string;
}

export interface LineServer {
  readonly port: number;
  /** What came, of all connections; what came under TLS begins with `TLS `. */
  readonly lines: readonly string[];
  readonly connections: () => number;
  /** Connections that the other side has not closed. */
  readonly open: () => number;
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
  const lines: string[] = [];
  const sockets = new Set<net.Socket>();
  let connections = 0;
  const secureContext = script.tls && tls.createSecureContext(script.tls);

  const serve = (socket: net.Socket, isSecure: boolean) => {
    socket.on('error', () => {});
    const say = (line: string) => {
      const text = script.says?.(line, isSecure) ?? usual(line, isSecure, script.tls !== undefined);
      if (!socket.destroyed) socket.write(text, 'latin1');
      return text;
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
    let buffer = '';
    let isText = false;
    const receive = (octets: Buffer) => {
      buffer += octets.toString('latin1');
      for (;;) {
        const mark = isText && !buffer.startsWith('.\r\n') ? '\r\n.\r\n' : '\r\n';
        const end = buffer.indexOf(mark);
        if (end === -1) return;
        const line = isText ? '.' : buffer.slice(0, end);
        buffer = buffer.slice(end + mark.length);
        isText = false;
        lines.push(isSecure ? `TLS ${line}` : line);
        const text = say(line);
        isText = line === 'DATA' && /^\s*354/.test(text);
        if (line === 'QUIT') socket.end();
        if (line !== 'STARTTLS' || !secureContext || !/^\s*220/.test(text)) continue;
        socket.off('data', receive);
        return secure();
      }
    };
    socket.on('data', receive);
  };

  const server = net.createServer(socket => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.setNoDelay(true);
    serve(socket, false);
  });
  await new Promise<void>(resolve => server.listen(0, script.host ?? '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    lines,
    connections: () => connections,
    open: () => sockets.size,
    close: () =>
      new Promise(resolve => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
