// Postfix's smtp-sink as the receiver: it discards mail faster than anyone here sends it.

import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {setTimeout as delay} from 'node:timers/promises';
import type {Reaper} from '../../local/lambda/reaper.ts';
import {freePort, isListening} from '../free-port.ts';
import {programOf} from '../programs.ts';
import type {Receiver} from './receiver.ts';

export async function startSmtpSink(reaper: Reaper): Promise<Receiver> {
  const program = programOf('smtp-sink');
  if (program === undefined) throw new Error('smtp-sink is not installed');
  const port = await freePort();
  // "This option is required when the process runs with super-user privileges" (smtp-sink(1), -u).
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const sink = spawn(program, [...user, '-4', '-c', '-t', '3600', `127.0.0.1:${port}`, '1000'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group, which the reaper can kill.
    detached: true,
  });
  reaper.watch(sink.pid!);
  const counter = new Counter(sink);
  while (!(await isListening(port))) {
    if (sink.exitCode !== null) throw new Error(`smtp-sink: ${counter.rest}`);
    await delay(20);
  }
  return {
    name: 'smtp-sink',
    port,
    count: async () => counter.messages,
    async close() {
      sink.kill('SIGKILL');
      if (sink.exitCode === null && sink.signalCode === null) await once(sink, 'exit');
      reaper.forget(sink.pid!);
    },
  };
}

/** Reads its running counters: `sess=10 quit=0 mesg=1234` and a carriage return. */
class Counter {
  messages = 0;
  rest = '';

  constructor({stdout, stderr}: ChildProcess) {
    stdout?.setEncoding('latin1').on('data', (text: string) => this.#read(text));
    stderr?.setEncoding('latin1').on('data', (text: string) => {
      this.rest = text.slice(-500);
    });
  }

  #read(text: string): void {
    const all = this.rest + text;
    const end = all.lastIndexOf('\r');
    this.rest = all.slice(end + 1);
    const [, messages] = /mesg=(\d+)[^=]*$/.exec(all.slice(0, end)) ?? [];
    if (messages !== undefined) this.messages = Number(messages);
  }
}
