// Replies that are sent octet by octet, as by a server that keeps a socket busy and gets nowhere.

import type {Socket} from 'node:net';
import type {PromptServer} from './prompt-server.ts';

type Connection = PromptServer['connections'] extends Set<infer C> ? C : never;

/** Connections that are slow already. Their speed stays as it is. */
const slowed = new WeakSet<Connection>();

/** Slows down all replies from now on. TLS starts on another socket, which is then slow too. */
export function slowDown(connection: Connection, octetsPerSecond: number): void {
  if (slowed.has(connection)) return;
  slowed.add(connection);
  const send = connection.send.bind(connection);
  let slow: Socket | undefined;
  connection.send = (...reply) => {
    const {_socket: socket} = connection;
    if (socket !== slow) trickle(socket, Math.ceil(1000 / octetsPerSecond));
    slow = socket;
    send(...reply);
  };
}

function trickle(socket: Socket, intervalMs: number): void {
  const write = socket.write.bind(socket);
  const end = socket.end.bind(socket);
  let waiting: Buffer = Buffer.alloc(0);
  let timer: NodeJS.Timeout | undefined;
  const next = () => {
    write(waiting.subarray(0, 1));
    waiting = waiting.subarray(1);
    timer = waiting.length > 0 ? setTimeout(next, intervalMs) : undefined;
  };
  socket.write = (text: string | Uint8Array) => {
    waiting = Buffer.concat([waiting, Buffer.from(text as string)]);
    timer ??= setTimeout(next, intervalMs);
    return true;
  };
  socket.end = () => {
    clearTimeout(timer);
    return end(waiting);
  };
  socket.once('close', () => clearTimeout(timer));
}
