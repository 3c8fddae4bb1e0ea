// Servers with TLS on the loopback interface, and sessions opened with them. Needs trustCertificate before all tests, and
// endTls after each.

import tls from 'node:tls';
import {openSession} from '../../../../functions/deliver/smtp/smtp-opening.ts';
import {defaultCapacity} from '../../../../shared/settings/groups/capacity.ts';
import type {Target} from '../../../../shared/smtp/target.ts';
import {certificateOf} from '../../../fixtures/fixture.ts';
import {type LineServer, type Script, startLineServer} from '../../../servers/line-server.ts';
import {
  type ReceivingServer,
  type ReceivingServerOptions,
  startReceivingServer,
} from '../../../servers/receiving-server.ts';

const certificate = certificateOf('localhost');
export const credentials = {username: 'me', password: 'hunter2'};
export const options = {
  heloName: 'relay.example',
  deadlineMs: Date.now() + 60_000,
  now: Date.now,
  connectTimeoutMs: 5_000,
  pipelining: true,
  capacity: defaultCapacity.smarthost,
};

export const running: {close(): unknown}[] = [];
/** To be called after each test. */
export function endTls(): void {
  for (const each of running.splice(0)) each.close();
}
/** The fixture is trusted as if it came from a public authority. smtp-server's own certificate is not. */
export const trustCertificate = (): void =>
  tls.setDefaultCACertificates([...tls.getCACertificates(), certificate.cert]);

export async function serve(more: ReceivingServerOptions = {}): Promise<ReceivingServer> {
  const server = await startReceivingServer({
    ...certificate,
    onAuth: ({password}, _, done) =>
      password === credentials.password ? done(null, {user: 'me'}) : done(new Error('Invalid login')),
    ...more,
  });
  running.push(server);
  return server;
}

export const targetOf = ({port}: {readonly port: number}, more: Partial<Target> = {}): Target => ({
  host: 'localhost',
  address: '127.0.0.1',
  port,
  security: 'opportunistic',
  implicitTls: false,
  ...more,
});

export async function open(server: {readonly port: number}, more: Partial<Target> = {}) {
  const opened = await openSession(targetOf(server, more), options);
  if (opened.ok) running.push({close: () => opened.session.quit()});
  return opened.ok ? {facts: opened.session.facts} : {failure: opened.failure};
}

export const serveLines = async (script: Script): Promise<LineServer> => {
  const server = await startLineServer({...script, tls: {...certificate, ...script.tls}});
  running.push(server);
  return server;
};
