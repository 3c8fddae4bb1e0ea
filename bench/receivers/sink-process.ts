// The embedded sink's server as a receiver: it discards mail, and defers mail to recipients that ask for it. Unlike the
// sink it keeps nothing, and offers STARTTLS only where that is measured.

import type {AddressInfo} from 'node:net';
import {PromptServer} from '../../local/sink/prompt-server.ts';
import {answerParent} from '../child.ts';
import {isDeferred} from '../mail.ts';

export type SinkRequest = {readonly listen: 'plain' | 'starttls'} | {readonly count: true};

let messages = 0;

const listen = (security: 'plain' | 'starttls'): Promise<number> => {
  const server = new PromptServer({
    name: 'receiver.localhost',
    logger: false,
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: security === 'plain' ? ['AUTH', 'STARTTLS'] : ['AUTH'],
    socketTimeout: 3_600_000,
    onRcptTo: ({address}, _session, callback) => {
      const later = Object.assign(new Error('4.2.0 come again later'), {responseCode: 450});
      callback(isDeferred(address) ? later : null);
    },
    onData: (stream, _session, callback) => {
      stream.resume();
      stream.once('end', () => {
        messages += 1;
        callback(null, 'OK');
      });
    },
  });
  server.server.on('connection', socket => socket.setNoDelay(true));
  // A client that went away is no error.
  server.on('error', () => {});
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => resolve((server.server.address() as AddressInfo).port));
  });
};

answerParent<SinkRequest, number>(request => ('listen' in request ? listen(request.listen) : messages));
