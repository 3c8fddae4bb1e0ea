// Sinks and clients for a test, which are gone after it.

import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, vi} from 'vitest';
import {type Sink, type SinkOptions, startSink} from '../../../local/sink/sink.ts';
import {SmtpClient} from '../../servers/smtp-client.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  vi.useRealTimers();
  while (cleanUps.length > 0) await cleanUps.pop()!();
});

export async function start(options: Partial<SinkOptions> = {}): Promise<Sink> {
  const sink = await startSink({port: 0, ...options});
  cleanUps.push(() => sink.close());
  return sink;
}

export async function connect(sink: Sink): Promise<SmtpClient> {
  const client = await SmtpClient.connect(sink.port);
  cleanUps.push(() => client.end());
  return client;
}

export async function greeted(sink: Sink): Promise<SmtpClient> {
  const client = await connect(sink);
  await client.reply();
  return client;
}

export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'relayq-sink-'));
  cleanUps.push(() => rm(directory, {recursive: true, force: true}));
  return directory;
}
