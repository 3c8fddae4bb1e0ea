// The terminal of code that runs for the page: nobody reads it and nobody can be asked, and what is told becomes notes.

import type {Terminal} from '../command/terminal.ts';
import {printable, shortened} from '../terminal/printable.ts';

const mostNotes = 20;
const longestNote = 1000;

export function quietTerminal(notes: string[]): Terminal {
  const nobody = async () => undefined;
  return {
    say: () => {},
    tell: line => {
      const note = line.replace(/^relayq: /, '').trim();
      if (note !== '' && notes.length < mostNotes) notes.push(shortened(printable(note), longestNote));
    },
    columns: 200,
    rows: 40,
    show: () => {},
    hasColours: false,
    canAsk: false,
    ask: nobody,
    askUnseen: nobody,
    isTyped: false,
    readAll: async () => '',
  };
}
