// A server that takes mail as real ones do: npm's smtp-server, without its wait before the greeting. The one to use where
// a test wants real TLS or AUTH, or wants to know what has arrived, and from whom.

import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {buffer} from 'node:stream/consumers';
import type {SMTPServerAddress, SMTPServerOptions} from 'smtp-server';
import {PromptServer} from '../../local/sink/prompt-server.ts';

export interface Received {
  /** Who has logged in; false where nobody did. */
  readonly login: unknown;
  readonly isSecure: boolean;
  readonly from: SMTPServerAddress | false;
  readonly to: readonly string[];
  readonly octets: Buffer;
  /** The same, as UTF-8. */
  readonly text: string;
  /** What its first Subject field says. */
  readonly subject: string;
  readonly atMs: number;
}

export interface ReceivingServerOptions extends Omit<SMTPServerOptions, 'onData'> {
  /** What happens before a message is taken. */
  readonly beforeTaking?: (message: Received) => Promise<void>;
}

export interface ReceivingServer {
  readonly port: number;
  /** Messages that it has taken, in order. */
  readonly received: Received[];
  /** How many connections have been greeted. */
  readonly connections: () => number;
  /** Ends at once whatever there still is. */
  close(): Promise<void>;
}

/** TLS is offered to whoever brings a certificate. */
export async function startReceivingServer({
  beforeTaking = async () => {},
  onConnect = (_, done) => done(),
  ...options
}: ReceivingServerOptions = {}): Promise<ReceivingServer> {
  const received: Received[] = [];
  let connections = 0;
  const server = new PromptServer({
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 1,
    disabledCommands: options.cert === undefined ? ['STARTTLS'] : [],
    ...options,
    onConnect: (session, done) => {
      connections += 1;
      onConnect(session, done);
    },
    onData: async (stream, {user, secure, envelope}, done) => {
      const octets = await buffer(stream).catch(() => undefined);
      // The client has gone in the middle of it.
      if (octets === undefined) return;
      const text = octets.toString();
      const message = {
        login: user as unknown,
        isSecure: secure,
        from: envelope.mailFrom,
        to: envelope.rcptTo.map(({address}) => address),
        octets,
        text,
        subject: /^Subject: (.*)/m.exec(text)?.[1] ?? '',
        atMs: Date.now(),
      };
      await beforeTaking(message);
      received.push(message);
      done();
    },
  });
  // A connection that a client leaves behind.
  server.on('error', () => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    connections: () => connections,
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}
