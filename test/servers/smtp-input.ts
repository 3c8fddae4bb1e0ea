// What an SMTP client sends, read when it is wanted: lines, and texts up to their dot. Octets are latin1.

import type net from 'node:net';

export class SmtpInput {
  readonly #chunks: AsyncIterator<Buffer>;
  #held = '';

  constructor(socket: net.Socket) {
    this.#chunks = socket[Symbol.asyncIterator]();
  }

  /** Whether nothing is here that has not been read. */
  get empty(): boolean {
    return this.#held === '';
  }

  /** @returns false when nothing more will come */
  async more(): Promise<boolean> {
    const {value, done} = await this.#chunks.next();
    if (!done) this.#held += value.toString('latin1');
    return !done;
  }

  line = (): Promise<string | undefined> => this.#upTo('\r\n');

  /** A message text with its last line end, without its dot; dots are still stuffed. */
  async text(): Promise<string | undefined> {
    while (this.#held.length < 3) if (!(await this.more())) return undefined;
    if (this.#held.startsWith('.\r\n')) return this.#take(0, 3);
    const text = await this.#upTo('\r\n.\r\n');
    return text === undefined ? undefined : `${text}\r\n`;
  }

  async #upTo(mark: string): Promise<string | undefined> {
    for (let from = 0; ; ) {
      const end = this.#held.indexOf(mark, from);
      if (end !== -1) return this.#take(end, mark.length);
      from = Math.max(this.#held.length - mark.length, 0);
      if (!(await this.more())) return undefined;
    }
  }

  #take(end: number, skip: number): string {
    const taken = this.#held.slice(0, end);
    this.#held = this.#held.slice(end + skip);
    return taken;
  }
}
