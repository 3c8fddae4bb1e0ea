// `relayq console`: a page in the browser that shows what the commands show, and does what they do. It is served from this
// machine, with the rights of whoever starts it; nothing of it is deployed.

import {once} from 'node:events';
import {InvalidArgumentError} from 'commander';
import type {Act, AddCommand} from '../command/command.ts';
import {startConsole} from './console-server.ts';
import {PageFiles} from './page-files.ts';

interface Options {
  readonly port?: number;
}

function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('A port is wanted; 0 for any free one.');
}

export const browserConsole: AddCommand = (program, acting) =>
  void program
    .command('console')
    .summary('the same and more, in a browser')
    .description(
      'Serves a page on 127.0.0.1 that shows the stage and changes it with your rights, until Ctrl-C. Whoever has the address that is printed may do so, too: keep it to yourself.',
    )
    .option('--port <number>', 'of 127.0.0.1; without it 4580, or a free one', portOf)
    .action(acting(serve));

const serve: Act<[Options]> = async (context, {port}) => {
  const {terminal, signal, json, stage} = context;
  const running = await startConsole({context, port, page: new PageFiles()});
  try {
    terminal.say(json ? JSON.stringify({version: 1, stage, address: running.address}) : running.address);
    terminal.tell('open it in a browser; Ctrl-C ends it');
    if (!signal.aborted) await once(signal, 'abort');
  } finally {
    await running.close();
  }
  return 0;
};
