// Cuts what an SMTP client sends into lines and texts, as far as it has come. Octets are latin1.

export class SmtpInput {
  /** Searched, without an end of the line or text. */
  #searched: string[] = [];
  #held = '';

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
    if (this.#searched.length === 0 && this.#held.startsWith('.\r\n')) return this.#take(0, 3);
    const text = this.#upTo('\r\n.\r\n');
    return text === undefined ? undefined : `${text}\r\n`;
  };

  /** So many octets, once they are there (RFC 3030). */
  octets = (count: number): string | undefined =>
    this.#held.length < count ? undefined : this.#take(count, 0);

  #upTo(mark: string): string | undefined {
    const end = this.#held.indexOf(mark);
    if (end !== -1) return this.#take(end, mark.length);
    // The mark may be here in part.
    const searched = this.#held.length - mark.length;
    if (searched > 0) {
      this.#searched.push(this.#held.slice(0, searched));
      this.#held = this.#held.slice(searched);
    }
    return undefined;
  }

  #take(end: number, skip: number): string {
    const taken = [...this.#searched, this.#held.slice(0, end)].join('');
    this.#searched = [];
    this.#held = this.#held.slice(end + skip);
    return taken;
  }
}
