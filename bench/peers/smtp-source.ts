// Postfix's smtp-source. It sends from memory and decides nothing, so nobody should be faster without delay. With a
// round-trip time it does not take part, as it does not pipeline ("No SMTP command pipelining support", smtp-source(1)).

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {type Destination, mimeOf, recipientOf, sender, tenKB} from '../mail.ts';
import {programOf} from '../programs.ts';
import type {Subject} from './subject.ts';

export interface Blast extends Destination {
  readonly file: string;
  readonly connections: number;
  readonly messages: number;
}

/** Writes the file that smtp-source sends. smtp-source adds the CRs and stuffs the dots. */
export async function writeSource(directory: string): Promise<string> {
  const file = join(directory, 'source.eml');
  await writeFile(file, mimeOf(tenKB).replaceAll('\r\n', '\n'));
  return file;
}

/** @returns how long it took, in milliseconds */
export async function blast({file, host, port, connections, messages}: Blast): Promise<number> {
  const program = programOf('smtp-source');
  if (program === undefined) throw new Error('smtp-source is not installed');
  const flags = ['-4', '-d', '-F', file, '-f', sender, '-t', recipientOf(1)];
  const counts = ['-s', String(connections), '-m', String(messages)];
  const startedMs = performance.now();
  const source = spawn(program, [...flags, ...counts, `${host}:${port}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  source.stderr.on('data', chunk => {
    complaint += chunk;
  });
  const [code] = (await once(source, 'close')) as [number | null];
  if (code !== 0) throw new Error(`smtp-source: ${complaint}`);
  return performance.now() - startedMs;
}

export async function smtpSourcePeer(directory: string): Promise<Subject | undefined> {
  if (programOf('smtp-source') === undefined) return undefined;
  const file = await writeSource(directory);
  return {
    name: 'smtp-source',
    unfit: ({line: {kind, security}, roundTripMs}) =>
      security === 'plain' && kind !== 'postfix' && roundTripMs === 0
        ? undefined
        : 'it speaks no TLS, and shows the ceiling of a fast receiver that is near',
    warmUp: async () => {},
    async run({host, port}, connections, messages) {
      const elapsedMs = await blast({file, host, port, connections, messages});
      return {messages, elapsedMs, cpuSeconds: Number.NaN, peakMB: Number.NaN};
    },
    close: async () => {},
  };
}
