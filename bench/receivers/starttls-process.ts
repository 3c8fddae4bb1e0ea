// A proxy that adds STARTTLS (RFC 3207) to a receiver without it, such as smtp-sink. It offers the extension, does the
// handshake, and passes on everything else.

import {once} from 'node:events';
import {type AddressInfo, connect, createServer, type Socket} from 'node:net';
import {createSecureContext, TLSSocket} from 'node:tls';
import tlsOptions from 'smtp-server/lib/tls-options.js';
import {answerParent} from '../child.ts';

export interface StarttlsRequest {
  readonly port: number;
}

// smtp-server's own certificate, whose key is public: encryption is measured, and not authentication.
const {key, cert} = tlsOptions();
const secureContext = createSecureContext({key: String(key), cert: String(cert)});

function front(client: Socket, {port}: StarttlsRequest): void {
  const receiver = connect({port, host: '127.0.0.1', noDelay: true});
  const end = () => {
    client.destroy();
    receiver.destroy();
  };
  for (const socket of [client, receiver]) socket.on('error', end).once('close', end);

  // In clear, client and receiver take turns, so the reply to EHLO can be told from the others. It is changed.
  let command = '';
  const onCommand = (chunk: Buffer) => {
    command = chunk.toString('latin1').trim().toUpperCase();
    if (command !== 'STARTTLS') {
      receiver.write(chunk);
      return;
    }
    client.off('data', onCommand);
    receiver.off('data', onReply);
    client.write('220 2.0.0 Ready to start TLS\r\n');
    const secured = new TLSSocket(client, {isServer: true, secureContext});
    secured.on('error', end);
    secured.pipe(receiver);
    receiver.pipe(secured);
  };
  const onReply = (chunk: Buffer) => {
    const reply = chunk.toString('latin1');
    client.write(command.startsWith('EHLO') ? withStarttls(reply) : chunk);
  };
  client.on('data', onCommand);
  receiver.on('data', onReply);
}

/** Adds STARTTLS as the first extension, after the line with the server's name. */
const withStarttls = (reply: string): string =>
  reply.replace(/^250[- ](.*)\r\n/, '250-$1\r\n250-STARTTLS\r\n');

answerParent<StarttlsRequest, number>(async request => {
  const server = createServer({noDelay: true}, client => front(client, request));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
});
