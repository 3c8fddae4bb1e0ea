// smtp-server, as it is wanted here: it greets at once, its replies may say their status, and each step has an end in time.

import {SMTPServer} from 'smtp-server';
import type {Limits} from './limits.ts';
import {saysStatus} from './reply.ts';
import type {Options, Session} from './said.ts';

type Connection = SMTPServer['connections'] extends Set<infer C> ? C : never;
type Socket = Parameters<SMTPServer['connect']>[0];

/** What a client may begin with, even out of order. A web page's request or a TLS handshake is none of them. */
const beginning = /^(?:EHLO|HELO|MAIL|RCPT|DATA|RSET|VRFY|EXPN|HELP|NOOP|QUIT|STARTTLS|AUTH)(?: |$)/i;

export interface DoorParts {
  readonly limits: Limits;
  readonly now: () => number;
  /** Whether a client has said who it is, or need not. */
  readonly isKnown: (session: Session) => boolean;
  /** @returns what to call when a connection from the address is gone; undefined where it may not come in */
  readonly enter: (address: string) => (() => void) | undefined;
}

interface Deadline {
  readonly sinceMs: number;
  untilMs: number;
}

/** Its connections are prepared before they do anything. */
class Prepared extends Set<Connection> {
  readonly #prepare: (connection: Connection) => void;

  constructor(prepare: (connection: Connection) => void) {
    super();
    this.#prepare = prepare;
  }

  override add(connection: Connection): this {
    this.#prepare(connection);
    return super.add(connection);
  }
}

export class Door extends SMTPServer {
  readonly #parts: DoorParts;
  /** When each connection has to have done its next step. */
  readonly #deadlines = new Map<Connection, Deadline>();
  readonly #connectionOf = new WeakMap<Session, Connection>();
  /** Since when each handshake is on its way. */
  readonly #handshakes = new WeakMap<Socket, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: Options, parts: DoorParts) {
    super(options);
    this.#parts = parts;
    this.connections = new Prepared(connection => this.#prepare(connection));
    this.#timer = setInterval(() => this.#endLate(), 1_000);
    this.#timer.unref();
  }

  override connect(socket: Socket, options?: Parameters<SMTPServer['connect']>[1]): void {
    const leave = this.#parts.enter(socket.remoteAddress ?? '');
    if (leave === undefined) turnAway(socket);
    else {
      socket.once('close', leave);
      super.connect(socket, options);
    }
  }

  #prepare(connection: Connection): void {
    const sinceMs = this.#parts.now();
    this.#deadlines.set(connection, {sinceMs, untilMs: sinceMs + this.#parts.limits.commandMs});
    this.#connectionOf.set(connection.session, connection);
    connection._socket.once('close', () => this.#deadlines.delete(connection));
    const ready = connection.connectionReady.bind(connection);
    // The original's timer would greet a second time.
    connection.connectionReady = () => {};
    setImmediate(ready);
    const send = connection.send.bind(connection);
    connection.send = (code, data, context) => {
      const {textMs, commandMs} = this.#parts.limits;
      this.#extend(connection, this.#parts.now() + (code === 354 ? textMs : commandMs));
      send(code, data, saysStatus(data) ? false : context);
    };
    const handle = connection._onCommand.bind(connection);
    let hasBegun = false;
    connection._onCommand = (line, next) => {
      if (!hasBegun && !beginning.test(String(line)))
        return connection.send(421, '4.7.0 this is SMTP, and that is not');
      hasBegun = true;
      handle(line, next);
    };
  }

  #extend(connection: Connection, untilMs: number): void {
    const deadline = this.#deadlines.get(connection);
    if (deadline) deadline.untilMs = untilMs;
  }

  /** A text is whole: the client waits now. */
  endText(session: Session): void {
    const connection = this.#connectionOf.get(session);
    if (connection) this.#extend(connection, Number.POSITIVE_INFINITY);
  }

  #endLate(): void {
    const nowMs = this.#parts.now();
    const {signInMs} = this.#parts.limits;
    for (const [connection, {sinceMs, untilMs}] of this.#deadlines) {
      const isLate =
        nowMs > untilMs || (nowMs > sinceMs + signInMs && !this.#parts.isKnown(connection.session));
      if (isLate) end(connection, '4.4.2 that took too long');
    }
    for (const [socket, topSocket] of this._pendingSockets) {
      const sinceMs = this.#handshakes.get(socket) ?? nowMs;
      this.#handshakes.set(socket, sinceMs);
      if (nowMs > sinceMs + signInMs) topSocket.destroy();
    }
  }

  /** Nobody comes in any more, and who sends no text right now goes. Settles when the others have their replies. */
  async drain(ms: number): Promise<void> {
    const closed = new Promise<void>(resolve => this.close(() => resolve()));
    const bye = '4.3.2 this server stops: try again later';
    for (const connection of this.connections) if (!connection._dataStream) end(connection, bye);
    const late = setTimeout(() => {
      for (const connection of this.connections) end(connection, bye);
    }, ms);
    await closed;
    clearTimeout(late);
    clearInterval(this.#timer);
  }
}

/** Says why, and closes. A client that does not close its side is cut off after five seconds. */
function end(connection: Connection, text: string): void {
  // A handshake that is on its way has no place for a reply.
  if (connection._upgrading) connection._socket.destroy();
  else connection.send(421, text);
}

function turnAway(socket: Socket): void {
  socket.on('error', () => {});
  socket.end('421 4.7.0 too many connections\r\n');
  socket.resume();
  setTimeout(() => socket.destroy(), 1_000).unref();
}
