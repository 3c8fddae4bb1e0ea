// What a command says, and asks: data on stdout, everything else on stderr.

import {createInterface} from 'node:readline/promises';

export interface Terminal {
  /** Data: a line on stdout. */
  say(line: string): void;
  /** For the person who watches: a line on stderr. */
  tell(line: string): void;
  /** Columns of stdout; a fixed number where it is no terminal. */
  readonly columns: number;
  readonly rows: number;
  /** Takes the whole screen, where there is one. */
  show(lines: readonly string[]): void;
  readonly hasColours: boolean;
  /** Whether somebody can answer. */
  readonly canAsk: boolean;
  /** @returns what was typed; undefined when the input ended */
  ask(question: string): Promise<string | undefined>;
}

const defaultColumns = 200;
const defaultRows = 40;

/** @param onClosed the reader of stdout has had enough */
export function processTerminal(onClosed: () => void): Terminal {
  const {stdin, stdout, stderr, env} = process;
  stdout.on('error', onClosed);
  stderr.on('error', () => {});
  return {
    say: line => void stdout.write(`${line}\n`),
    tell: line => void stderr.write(`${line}\n`),
    show: lines => {
      const clear = stdout.isTTY ? '\x1b[H\x1b[2J' : '';
      stdout.write(`${clear}${lines.join('\n')}\n`);
    },
    get columns() {
      return stdout.columns ?? defaultColumns;
    },
    get rows() {
      return stdout.rows ?? defaultRows;
    },
    hasColours: stdout.isTTY === true && !env.NO_COLOR,
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    ask: async question => {
      const lines = createInterface({input: stdin, output: stderr});
      const ended = new Promise<undefined>(resolve => lines.once('close', () => resolve(undefined)));
      try {
        return await Promise.race([lines.question(question), ended]);
      } finally {
        lines.close();
      }
    },
  };
}
