// An SMTP server that behaves well, except where its script says otherwise: for a command, another reply, a dropped
// connection, silence, or a reply that is held back. The usual choice: for tests about commands, and not octets.

import type net from 'node:net';
import {type LineServer, startLineServer} from './line-server.ts';

export type Verb =
  | 'connect'
  | 'EHLO'
  | 'HELO'
  | 'STARTTLS'
  | 'AUTH'
  | 'MAIL'
  | 'RCPT'
  | 'DATA'
  | '.'
  | 'RSET'
  | 'QUIT';

/**
 * A reply (CRLF is added); `later:` and a reply, which is held back with those behind it until the next DATA; `drop`:
 * the connection; `silence` from now on; or a function of the command line.
 */
export type Answer = string | ((line: string, count: number) => string);

const wellBehaved: Record<Verb, Answer> = {
  connect: '220 scripted.example ESMTP',
  EHLO: '250-scripted.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 10485760',
  HELO: '250 scripted.example',
  STARTTLS: '502 5.5.1 not implemented',
  AUTH: '235 2.7.0 welcome',
  MAIL: '250 2.1.0 ok',
  RCPT: '250 2.1.5 ok',
  DATA: '354 go on',
  '.': '250 2.0.0 taken',
  RSET: '250 2.0.0 ok',
  QUIT: '221 2.0.0 bye',
};

export interface ScriptedServer extends Omit<LineServer, 'lines'> {
  /** Command lines, in order, of all connections. */
  readonly commands: readonly string[];
  /** Message texts as they came over the wire, dots still stuffed, without the closing dot. */
  readonly texts: readonly string[];
  /** Lines of the latest connection that more followed before they were answered. */
  readonly early: () => readonly string[];
}

/** The content type of a TLS record that begins a handshake (RFC 8446 5.1). */
const handshake = 22;

/** What is still to be said to one client. */
interface Replies {
  isSilent: boolean;
  isHolding: boolean;
  readonly held: string[];
}

export async function startScriptedServer(
  script: Partial<Record<Verb, Answer>> = {},
  port = 0,
  host = '127.0.0.1',
): Promise<ScriptedServer> {
  const commands: string[] = [];
  const texts: string[] = [];
  const counts = new Map<Verb, number>();
  const clients = new WeakMap<net.Socket, Replies>();
  let early: string[] = [];

  const server = await startLineServer({
    port,
    host,
    hears: (octets, socket) => {
      if (octets[0] !== handshake) return octets;
      // There is no TLS here, so the handshake fails.
      socket.destroy();
      return Buffer.alloc(0);
    },
    says: (line, _, {socket, text, behind}) => {
      if (line === '') {
        early = [];
        clients.set(socket, {isSilent: false, isHolding: false, held: []});
      } else if (behind !== '') early.push(line);
      if (text !== undefined) texts.push(text);
      else if (line !== '') commands.push(line);
      const client = clients.get(socket)!;
      const verb = verbOf(line);
      const count = (counts.get(verb) ?? 0) + 1;
      counts.set(verb, count);
      const scripted = script[verb] ?? wellBehaved[verb];
      const reply = typeof scripted === 'function' ? scripted(line, count) : scripted;
      client.isSilent ||= reply === 'silence';
      if (reply === 'drop') socket.destroy();
      if (reply === 'drop' || client.isSilent) return '';
      client.isHolding = reply.startsWith('later:') || (client.isHolding && verb !== 'DATA');
      if (client.isHolding) {
        client.held.push(`${reply.replace('later:', '')}\r\n`);
        return '';
      }
      return [...client.held.splice(0), `${reply}\r\n`].join('');
    },
  });
  return {...server, commands, texts, early: () => early};
}

function verbOf(line: string): Verb {
  if (line === '') return 'connect';
  const [verb = ''] = line.toUpperCase().split(/[ :]/, 1);
  // Anything else is a line of an AUTH exchange.
  return verb in wellBehaved ? (verb as Verb) : 'AUTH';
}
