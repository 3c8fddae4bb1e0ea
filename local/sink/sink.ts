// An SMTP server on 127.0.0.1 that takes every mail and sends none on. Tests can make it refuse, delay and drop.

import type {AddressInfo, Socket} from 'node:net';
import {setTimeout as delay} from 'node:timers/promises';
import type {SMTPServerDataStream, SMTPServerSession} from 'smtp-server';
import {KeptMessages, type SunkMessage} from './kept-messages.ts';
import {PromptServer} from './prompt-server.ts';
import type {ReplyFacts, ReplyHook, SmtpStage} from './sink-reply.ts';
import {slowDown} from './slow-replies.ts';

export interface SinkOptions {
  /** 0 for any free one. */
  readonly port: number;
  /** Keeps all messages as files, and reads them again at the next start. */
  readonly directory?: string;
  /** The largest message text that is taken, and announced as SIZE (RFC 1870). */
  readonly maxOctets?: number;
  readonly reply?: ReplyHook;
}

export interface Sink {
  readonly port: number;
  /** The newest messages, oldest first. */
  readonly messages: readonly SunkMessage[];
  /** The listener is called when the message is kept, before the client gets its reply. */
  onMessage(listener: (message: SunkMessage) => void): void;
  /** From now on this hook is asked before the one in the options. */
  disturb(reply: ReplyHook): void;
  close(): Promise<void>;
}

const defaultMaxOctets = 26_214_400;

/** The commands that smtp-server has no hook for. */
const stageOfCommand: ReadonlyMap<string, SmtpStage> = new Map([
  ['EHLO', 'ehlo'],
  ['HELO', 'ehlo'],
  ['STARTTLS', 'starttls'],
  ['AUTH', 'auth'],
]);

/** How long clients have to read the 421. */
const closeGraceMs = 50;

export async function startSink(options: SinkOptions): Promise<Sink> {
  const maxOctets = options.maxOctets ?? defaultMaxOctets;
  const kept = await KeptMessages.open(options.directory);
  const listeners: ((message: SunkMessage) => void)[] = [];
  const sockets = new Map<string, Socket>();
  const closing = new AbortController();
  let disturbance: ReplyHook = () => undefined;

  /** Asks the hooks what to reply. Then it goes on with `usual`, refuses, or ends the connection. */
  const answer = async (
    stage: SmtpStage,
    session: SMTPServerSession,
    facts: Partial<ReplyFacts>,
    usual: () => unknown,
    refuse: (error: Refusal) => void,
  ): Promise<void> => {
    const all = {...factsOf(session), ...facts};
    const reply = disturbance(stage, all) ?? options.reply?.(stage, all);
    if (reply === 'drop') {
      sockets.get(clientOf(session))?.destroy();
      return;
    }
    if (reply === undefined) await usual();
    else if ('code' in reply) refuse(refusal(reply.code, reply.text));
    else if ('octetsPerSecond' in reply) {
      for (const connection of server.connections) {
        if (connection.session === session) slowDown(connection, reply.octetsPerSecond);
      }
      await usual();
    } else {
      const waited = delay(reply.delayMs, true, {signal: closing.signal}).catch(() => false);
      if (await waited) await usual();
    }
  };

  const keep = async (session: SMTPServerSession, raw: Buffer): Promise<SunkMessage> => {
    const {from = '', to = [], user, tls} = factsOf(session);
    const received = new Date().toISOString();
    const message = await kept.keep({received, from, to, ...(user !== undefined && {user}), tls, raw});
    for (const listener of listeners) listener(message);
    return message;
  };

  const server = new PromptServer({
    name: 'sink.localhost',
    banner: 'takes every mail, sends none on',
    // STARTTLS uses smtp-server's own certificate, whose key everybody has: a sink on loopback does not have to prove who it
    // is. `logger: false` also silences the warning about that.
    logger: false,
    authOptional: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    size: maxOctets,
    rejectOversized: true,
    // RFC 5321 4.5.3.2.7: at least 5 minutes.
    socketTimeout: 300_000,
    closeTimeout: closeGraceMs,
    onAuth: ({username}, _session, callback) => callback(null, {user: {name: username ?? ''}}),
    onConnect: (session, callback) => void answer('connect', session, {}, callback, callback),
    onMailFrom: ({address}, session, callback) =>
      void answer('mail', session, {from: address}, callback, callback),
    onRcptTo: ({address}, session, callback) => {
      const to = [...(factsOf(session).to ?? []), address];
      void answer('rcpt', session, {to}, callback, callback);
    },
    onData: (stream, session, callback) => {
      const taken = async () => {
        const raw = await textOf(stream, maxOctets);
        // smtp-server itself refuses a text that is too large.
        if (raw === undefined) return callback();
        const accept = async () => callback(null, `OK: kept as number ${(await keep(session, raw)).number}`);
        await answer('data', session, {size: raw.length}, accept, callback);
      };
      taken().catch((error: Error) => callback(refusal(451, `cannot keep it: ${error.message}`)));
    },
  });
  server.beforeCommand = (connection, command, handle, next) => {
    const stage = stageOfCommand.get(command.split(' ', 1)[0]!.toUpperCase());
    if (stage === undefined) return handle();
    void answer(stage, connection.session, {}, handle, ({message, responseCode}) => {
      connection.send(responseCode, message, false);
      next();
    });
  };
  server.server.on('connection', socket => {
    // Each reply to pipelined commands is a write of its own. Nagle's algorithm would hold back all but the first.
    socket.setNoDelay(true);
    const client = `${socket.remoteAddress}:${socket.remotePort}`;
    sockets.set(client, socket);
    socket.once('close', () => sockets.delete(client));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', () => {
      server.off('error', reject);
      // From now on, errors are of clients that went away.
      server.on('error', () => {});
      resolve();
    });
  });

  let closed: Promise<void> | undefined;
  return {
    port: (server.server.address() as AddressInfo).port,
    messages: kept.inMemory,
    onMessage: listener => void listeners.push(listener),
    disturb: reply => {
      disturbance = reply;
    },
    close: () => {
      closing.abort();
      closed ??= new Promise<void>(resolve => {
        server.close(() => {
          for (const socket of sockets.values()) socket.destroySoon();
          resolve();
        });
      });
      return closed;
    },
  };
}

/** Reads the text to its end; undefined when it is larger than allowed. */
async function textOf(stream: SMTPServerDataStream, maxOctets: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    octets += chunk.length;
    if (octets <= maxOctets) chunks.push(chunk);
    else chunks.length = 0;
  }
  return octets > maxOctets ? undefined : Buffer.concat(chunks);
}

const clientOf = ({remoteAddress, remotePort}: SMTPServerSession): string => `${remoteAddress}:${remotePort}`;

/** A client that talks before it is greeted has no envelope yet. */
function factsOf({envelope, user, secure}: SMTPServerSession): ReplyFacts {
  const {mailFrom, rcptTo} = (envelope as typeof envelope | undefined) ?? {mailFrom: false, rcptTo: []};
  return {
    ...(mailFrom && {from: mailFrom.address, to: rcptTo.map(({address}) => address)}),
    ...(user && {user: (user as {name: string}).name}),
    tls: secure,
  };
}

type Refusal = Error & {readonly responseCode: number};

const refusal = (responseCode: number, text: string): Refusal =>
  Object.assign(new Error(text), {responseCode});
