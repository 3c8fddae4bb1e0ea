// The embedded receiver: it discards mail, and defers mail to recipients that ask for it.

import {once} from 'node:events';
import {type AddressInfo, createServer, type Socket} from 'node:net';
import {createSecureContext, TLSSocket} from 'node:tls';
import tlsOptions from 'smtp-server/lib/tls-options.js';
import {answerParent} from '../child.ts';
import {type Offers, SmtpExchange} from './smtp-exchange.ts';

export type SinkRequest = {readonly listen: Offers} | {readonly count: true};

// smtp-server's own certificate, whose key is public: encryption is measured, and not authentication.
const {key, cert} = tlsOptions();
const secureContext = createSecureContext({key: String(key), cert: String(cert)});

let messages = 0;

function serve(plain: Socket, offers: Offers): void {
  let socket = plain;
  const converse = () => {
    const exchange = new SmtpExchange({
      offers: socket === plain ? offers : {...offers, starttls: false},
      taken: () => {
        messages += 1;
      },
      write: replies => void socket.write(replies, 'latin1'),
      secure: () => {
        plain.off('data', onData);
        socket = new TLSSocket(plain, {isServer: true, secureContext});
        socket.on('error', () => plain.destroy());
        converse();
      },
      end: () => socket.end(),
    });
    const onData = (chunk: Buffer) => exchange.read(chunk);
    socket.on('data', onData);
    return exchange;
  };
  // A client that went away is no error.
  plain.on('error', () => plain.destroy());
  converse().greet();
}

async function listen(offers: Offers): Promise<number> {
  const server = createServer({noDelay: true}, socket => serve(socket, offers));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

answerParent<SinkRequest, number>(request => ('listen' in request ? listen(request.listen) : messages));
