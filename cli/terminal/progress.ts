// How far a long job has got: on a terminal one line that is rewritten, elsewhere a line now and then.

export interface ProgressStream {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** A job of fewer items is over before anybody wonders. */
const worthTelling = 50;
const terminalIntervalMs = 100;
const logIntervalMs = 5000;

export class Progress {
  readonly #stream: ProgressStream;
  readonly #total: number;
  readonly #now: () => number;
  #toldMs: number;
  #shown = false;

  constructor(stream: ProgressStream, total: number, now: () => number = () => performance.now()) {
    this.#stream = stream;
    this.#total = total;
    this.#now = now;
    this.#toldMs = now();
  }

  update(what: string, count: number): void {
    if (this.#total < worthTelling) return;
    const intervalMs = this.#stream.isTTY ? terminalIntervalMs : logIntervalMs;
    if (this.#now() - this.#toldMs < intervalMs) return;
    this.#toldMs = this.#now();
    const line = `${count} of ${this.#total} ${what}`;
    this.#stream.write(this.#stream.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
    this.#shown = this.#stream.isTTY === true;
  }

  /** To be called before something else is printed. */
  clear(): void {
    if (this.#shown) this.#stream.write('\r\x1b[K');
    this.#shown = false;
  }
}
