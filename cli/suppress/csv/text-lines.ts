// The lines of a text that comes in pieces. However long the text is, no more than a line of it is kept.

/** A line that is longer is not one of a list. */
const longestLine = 65_536;

export interface TextLine {
  /** From 1 on. */
  readonly number: number;
  readonly text: string;
  /** It is longer: the rest of it was passed over. */
  readonly isCut: boolean;
}

/** Lines end with LF or CRLF. A byte order mark is dropped. @throws Error where the text is in UTF-16 */
export async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<TextLine> {
  // It drops the byte order mark.
  const decoder = new TextDecoder('utf-8');
  const line = {number: 1, text: '', isCut: false};
  let isFirst = true;
  const add = (text: string) => {
    line.isCut ||= line.text.length + text.length > longestLine;
    line.text = (line.text + text).slice(0, longestLine);
  };
  for await (const chunk of chunks) {
    if (isFirst && isUtf16(chunk)) throw new Error('is in UTF-16: save it as CSV in UTF-8');
    isFirst = false;
    const [first = '', ...others] = decoder.decode(chunk, {stream: true}).split('\n');
    add(first);
    for (const text of others) {
      yield {...line, text: line.text.replace(/\r$/, '')};
      Object.assign(line, {number: line.number + 1, text: '', isCut: false});
      add(text);
    }
  }
  add(decoder.decode());
  if (line.text !== '') yield line;
}

/** Either order of the octets of U+FEFF. */
const isUtf16 = ([first, second]: Uint8Array): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
