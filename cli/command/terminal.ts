// What a command says, and asks: data on stdout, everything else on stderr.

import {createInterface} from 'node:readline/promises';
import {addAbortSignal, Writable} from 'node:stream';

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
  /** The same, and what is typed is not shown. @throws when the signal is aborted */
  askUnseen(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** Whether stdin is a keyboard, and no file or pipe. */
  readonly isTyped: boolean;
  /** All of stdin. @throws Error where it does not end within reason */
  readAll(signal: AbortSignal): Promise<string>;
}

const defaultColumns = 200;
const defaultRows = 40;
/** What stands on stdin for one value is less. */
const mostOctets = 65_536;

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
    askUnseen: async (question, signal) => {
      // What readline would show goes nowhere. It takes the echo from the terminal, and gives it back.
      const output = new Writable({write: (_chunk, _encoding, done) => done()});
      const lines = createInterface({input: stdin, output, terminal: true, historySize: 0});
      stderr.write(question);
      // Without its echo the terminal sends no signal for Ctrl-C.
      lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
      const ended = new Promise<undefined>(resolve => lines.once('close', () => resolve(undefined)));
      try {
        return await Promise.race([lines.question('', {signal}), ended]);
      } finally {
        lines.close();
        stderr.write('\n');
      }
    },
    isTyped: stdin.isTTY === true,
    readAll: async signal => {
      const chunks: Buffer[] = [];
      let octets = 0;
      for await (const chunk of addAbortSignal(signal, stdin)) {
        chunks.push(chunk as Buffer);
        octets += (chunk as Buffer).length;
        if (octets > mostOctets) throw new Error(`stdin has more than ${mostOctets} octets`);
      }
      return Buffer.concat(chunks).toString();
    },
  };
}
