// Cuts what an SMTP client sends into lines and texts, as far as it has come. Octets are latin1.

export class SmtpInput {
  #held = '';
  /** No line or text ends before this. */
  #searched = 0;

  add(octets: Buffer): void {
    this.#held += octets.toString('latin1');
  }

  /** What has come behind the last line or text. */
  get rest(): string {
    return this.#held;
  }

  line = (): string | undefined => this.#upTo('\r\n');

  /** A message text with its last line end, without its dot; dots are still stuffed. */
  text = (): string | undefined => {
    if (this.#held.startsWith('.\r\n')) return this.#take(0, 3);
    const text = this.#upTo('\r\n.\r\n');
    return text === undefined ? undefined : `${text}\r\n`;
  };

  #upTo(mark: string): string | undefined {
    const end = this.#held.indexOf(mark, this.#searched);
    if (end !== -1) return this.#take(end, mark.length);
    this.#searched = Math.max(this.#held.length - mark.length, 0);
    return undefined;
  }

  #take(end: number, skip: number): string {
    const taken = this.#held.slice(0, end);
    this.#held = this.#held.slice(end + skip);
    this.#searched = 0;
    return taken;
  }
}
