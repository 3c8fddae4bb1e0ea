// A server that takes mail as real ones do: npm's smtp-server, without its wait before the greeting. Use it for real
// TLS or AUTH, and to know what arrived and who sent it.

import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import {buffer} from 'node:stream/consumers';
import type {SMTPServerAddress, SMTPServerOptions} from 'smtp-server';
import {PromptServer} from '../../local/sink/prompt-server.ts';

export interface Received {
  /** Who logged in; false for nobody. */
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
  /** It waits for this before it takes a message. */
  readonly beforeTaking?: (message: Received) => Promise<void>;
}

export interface ReceivingServer {
  readonly port: number;
  /** The messages that it took, in order. */
  readonly received: Received[];
  /** How many connections it has greeted. */
  readonly connections: () => number;
  /** Ends its connections at once. */
  close(): Promise<void>;
}

/** It offers TLS when the options have a certificate. */
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
      // The client went away in the middle of the text.
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
  // A connection that a client left behind is no error.
  server.on('error', () => {});
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    connections: () => connections,
    close: () => new Promise(resolve => server.close(() => resolve())),
  };
}
