// Postfix's test server smtp-sink: no TLS, no queue. It writes each message into a file.

import {rm} from 'node:fs/promises';
import {join} from 'node:path';
import type {MailServer, ServerKind} from './mail-server.ts';
import {freePort, isRoot, makeDirectories, pathOf, startServer} from './server-process.ts';

const program = await pathOf('smtp-sink');

/** It takes any credentials, and answers AUTH with 250, where others say 235. */
const credentials = {username: 'any-user', password: 'any-password'};

export const smtpSink: ServerKind = {
  name: 'smtp-sink',
  missing: program === undefined ? 'not installed; it is in Debian’s postfix' : undefined,
  start: () => startSmtpSink(),
};

/** @param more of its options */
export async function startSmtpSink(...more: readonly string[]): Promise<MailServer> {
  const {directory, mailDirectory} = await makeDirectories('smtp-sink');
  const port = await freePort();
  const user = isRoot ? ['-u', 'nobody'] : [];
  const options = [...user, ...more, '-d', join(mailDirectory, 'message-')];
  const server = await startServer([program!, ...options, `127.0.0.1:${port}`, '100'], {directory, port});
  return {
    mxPort: port,
    smarthost: {hostname: '127.0.0.1', port, ...credentials},
    sink: {hostname: '127.0.0.1', port, ...credentials},
    mailDirectory,
    fileEnd: '\n',
    async stop() {
      await server.stop();
      await rm(directory, {recursive: true});
    },
  };
}
