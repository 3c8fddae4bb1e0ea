// nodemailer as people use it: the pool of its transport, or, for those who write the rest themselves, its bare
// SMTPConnection, with one message after the other on each connection.

import {createTransport} from 'nodemailer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import {answerParent} from '../child.ts';
import {type Destination, mimeOf, recipientOf, sender} from '../mail.ts';

export interface NodemailerRequest extends Destination {
  readonly via: 'pool' | 'connection';
  readonly connections: number;
  readonly messages: number;
  readonly octets: number;
}

/** Sends one message. */
type Send = (recipient: string, raw: Buffer) => Promise<unknown>;

/** Takes any certificate, as relayq's `opportunistic` does. */
const tls = {rejectUnauthorized: false};
/** Connections are idle while others are measured: longer than nodemailer's ten minutes. */
const socketTimeout = 3_600_000;

function poolOf({host, port, connections}: NodemailerRequest): readonly Send[] {
  const pool = createTransport({
    pool: true,
    host,
    port,
    maxConnections: connections,
    // With the default it would connect anew after every 100 messages.
    maxMessages: Number.POSITIVE_INFINITY,
    socketTimeout,
    tls,
  });
  const send: Send = (to, raw) => pool.sendMail({envelope: {from: sender, to: [to]}, raw});
  // Twice as many messages as connections, so that no connection waits for its next one.
  return Array.from({length: 2 * connections}, () => send);
}

async function connectionsOf({host, port, connections}: NodemailerRequest): Promise<readonly Send[]> {
  const connected = Array.from({length: connections}, async (): Promise<Send> => {
    const connection = new SMTPConnection({host, port, socketTimeout, tls});
    const {promise, resolve, reject} = Promise.withResolvers<void>();
    connection.on('error', reject);
    connection.connect(error => (error ? reject(error) : resolve()));
    await promise;
    return (to, raw) =>
      new Promise((done, fail) => {
        const envelope = {from: sender, to: [to], size: raw.length};
        connection.send(envelope, raw, (error, info) => (error ? fail(error) : done(info)));
      });
  });
  return Promise.all(connected);
}

/** Connections are kept from one run to the next, as a server that sends mail would keep them. */
const opened = new Map<string, readonly Send[]>();
let sent = 0;

/** @returns how long it took, in milliseconds */
async function run(request: NodemailerRequest): Promise<number> {
  const {via, host, port, connections, messages, octets} = request;
  const key = `${via} ${host} ${port} ${connections}`;
  const senders = opened.get(key) ?? (via === 'pool' ? poolOf(request) : await connectionsOf(request));
  opened.set(key, senders);
  const raw = Buffer.from(mimeOf(octets));
  const last = sent + messages;
  const startedMs = performance.now();
  await Promise.all(
    senders.map(async send => {
      while (sent < last) {
        sent += 1;
        await send(recipientOf(sent), raw);
      }
    }),
  );
  return performance.now() - startedMs;
}

answerParent(run);
