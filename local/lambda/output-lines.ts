// A stream of octets as lines: what a function prints comes in pieces that know nothing of lines.

import {StringDecoder} from 'node:string_decoder';

export class OutputLines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Buffer): void {
    const lines = (this.#rest + this.#decoder.write(chunk)).split('\n');
    this.#rest = lines.pop() ?? '';
    // The runtime sends the line feeds within a message as carriage returns.
    for (const line of lines) this.#onLine(line.replace(/\r$/, '').replaceAll('\r', '\n'));
  }

  /** What was printed without an end of line. */
  flush(): void {
    if (this.#rest !== '') this.#onLine(this.#rest.replaceAll('\r', '\n'));
    this.#rest = '';
  }
}
