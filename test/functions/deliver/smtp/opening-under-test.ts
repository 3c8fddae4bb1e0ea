// A session opened at a server that is scripted line by line. Needs endOpenings after each test.

import {openSession, type SessionOptions} from '../../../../functions/deliver/smtp/smtp-opening.ts';
import {defaultCapacity} from '../../../../shared/settings/groups/capacity.ts';
import type {Target} from '../../../../shared/smtp/target.ts';
import {type LineServer, type Script, startLineServer} from '../../../servers/line-server.ts';
import type {TransactionOptions} from '../lane-under-test.ts';

export const running: {close(): unknown}[] = [];
/** To be called after each test. */
export async function endOpenings(): Promise<void> {
  for (const each of running.splice(0)) await each.close();
}

export const credentials = {username: 'me', password: 'hunter2'};

export async function serve(script: Script = {}): Promise<LineServer> {
  const server = await startLineServer(script);
  running.push(server);
  return server;
}

export const targetOf = ({port}: LineServer, more: Partial<Target> = {}): Target => ({
  host: 'line.example',
  address: '127.0.0.1',
  port,
  security: 'optional',
  implicitTls: false,
  ...more,
});

export const optionsOf = (withinMs = 60_000): SessionOptions & TransactionOptions => ({
  heloName: 'relay.example',
  deadlineMs: Date.now() + withinMs,
  now: Date.now,
  connectTimeoutMs: 5_000,
  pipelining: true,
  capacity: defaultCapacity.smarthost,
});

export async function open(server: LineServer, more: Partial<Target> = {}, options = optionsOf()) {
  const opened = await openSession(targetOf(server, more), options);
  if (opened.ok) running.push({close: () => opened.session.quit()});
  return opened.ok ? {facts: opened.session.facts} : {failure: opened.failure, facts: opened.facts};
}
