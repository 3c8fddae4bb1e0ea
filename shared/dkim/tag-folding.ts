// The tags of a DKIM-Signature field in lines of at most 78 characters. Only a domain, a selector or a field's name that is
// longer than a line makes a longer one: they have no place for a fold (RFC 6376 3.5).

const maxLine = 78;
const fold = '\r\n ';

export class FoldedTags {
  #text: string;
  #column: number;

  constructor(start: string) {
    this.#text = start;
    this.#column = start.length;
  }

  /** A tag as a whole, with its semicolon. A value that does not fit beside its name stands in a line of its own. */
  add(name: string, value: string): this {
    const tag = `${name}=${value};`;
    if (tag.length < maxLine) return this.#put(tag, ' ');
    return this.#put(`${name}=`, ' ').#put(`${value};`, '');
  }

  /** A list with colons between its words: it is folded behind a colon. */
  addList(name: string, words: readonly string[]): this {
    const [first = '', ...rest] = words.map(
      (word, index) => `${word}${index < words.length - 1 ? ':' : ';'}`,
    );
    this.#put(`${name}=${first}`, ' ');
    for (const word of rest) this.#put(word, '');
    return this;
  }

  /** The field up to its `b=`, as it is hashed: without what follows (RFC 6376 3.7). */
  signable(): string {
    return this.#put('b=', ' ').#text;
  }

  /** The whole field with its CRLF. Base64 may be folded anywhere. */
  withSignature(base64: string): string {
    const lines = [];
    let room = maxLine - this.#column;
    for (let at = 0; at < base64.length; room = maxLine - 1) {
      lines.push(base64.slice(at, at + room));
      at += room;
    }
    return `${this.#text}${lines.join(fold)}\r\n`;
  }

  #put(part: string, before: string): this {
    const fits = this.#column + before.length + part.length <= maxLine;
    this.#text += (fits ? before : fold) + part;
    this.#column = (fits ? this.#column + before.length : 1) + part.length;
    return this;
  }
}
