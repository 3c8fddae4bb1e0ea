// nodemailer as its users have it: the pool of its transport; or, for those who would write the rest themselves,
// its bare SMTPConnection, one message after the other over each connection.

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

/** Any certificate, as relayq's `opportunistic` takes any. */
const tls = {rejectUnauthorized: false};
/** Connections wait for their next turn while others have theirs: longer than nodemailer's ten minutes. */
const socketTimeout = 3_600_000;

function poolOf({host, port, connections}: NodemailerRequest): readonly Send[] {
  const pool = createTransport({
    pool: true,
    host,
    port,
    maxConnections: connections,
    // The default, 100, would have it connect anew that often.
    maxMessages: Number.POSITIVE_INFINITY,
    socketTimeout,
    tls,
  });
  const send: Send = (to, raw) => pool.sendMail({envelope: {from: sender, to: [to]}, raw});
  // Twice as many in hand as it has connections: none of them waits for the next message.
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

/** Kept from one run to the next, as a server that sends mail would keep them. */
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
