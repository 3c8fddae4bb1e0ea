// Makes lines of what a function prints, which comes in pieces of any size. A line is at most what one log event holds.

/**
 * A longer line becomes several events. CloudWatch Logs takes 1 MB ("CloudWatch Logs quotas", since April 2025),
 * but what a function prints is still cut at 256 KB, in which an event's own 26 octets count.
 */
export const maximumLineOctets = 262_144 - 26;

const lineFeed = 0x0a;

export class OutputLines {
  readonly #onLine: (line: string) => void;
  /** The pieces of a line whose end has not come yet. */
  #pieces: Buffer[] = [];
  #octets = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      this.#add(chunk.subarray(start, end));
      this.#endLine();
      start = end + 1;
    }
    if (start < chunk.length) this.#add(chunk.subarray(start));
  }

  /** Ends a line that was printed without its end. */
  flush(): void {
    if (this.#octets > 0) this.#endLine();
  }

  #add(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#octets += piece.length;
    while (this.#octets > maximumLineOctets) {
      const line = Buffer.concat(this.#pieces);
      let end = maximumLineOctets;
      // A character is not cut: all of its octets but the first are 10xxxxxx.
      while (end > maximumLineOctets - 4 && (line[end]! & 0xc0) === 0x80) end -= 1;
      this.#emit(line.subarray(0, end).toString());
      this.#pieces = [line.subarray(end)];
      this.#octets = line.length - end;
    }
  }

  #endLine(): void {
    this.#emit(Buffer.concat(this.#pieces).toString().replace(/\r$/, ''));
    this.#pieces = [];
    this.#octets = 0;
  }

  /** The runtime sends the line feeds within a message as carriage returns. */
  #emit(line: string): void {
    this.#onLine(line.replaceAll('\r', '\n'));
  }
}
