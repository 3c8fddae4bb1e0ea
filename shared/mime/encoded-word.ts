// Encoded words (RFC 2047): how a header field says what ASCII cannot. Only whole words between blanks are encoded words
// (section 5), so that a text stays as it is that merely has `=?` in it.

// With the language that RFC 2231 5 allows behind the charset.
const word = String.raw`=\?([\w.:+-]{1,40})(?:\*[\w-]{0,40})?\?([bq])\?([^?\s]*)\?=`;
const words = new RegExp(word, 'gi');
const anyWord = word.replace(/\((?=\[)/g, '(?:');
/** Encoded words with nothing but blanks between them. Those blanks are not part of the text (6.2). */
const run = new RegExp(String.raw`(?<![^ \t])${anyWord}(?:[ \t]*${anyWord})*(?![^ \t])`, 'gi');

/**
 * The text of a field's value, unfolded. A character may be spread over several words, as some senders do it.
 * @returns undefined when a word names an unknown charset, or cannot be decoded by it
 */
export function decodedText(value: string): string | undefined {
  try {
    return value.replace(run, textOf);
  } catch {
    return undefined;
  }
}

/** @throws Error when a word cannot be decoded */
function textOf(encodedWords: string): string {
  const texts: {readonly charset: string; readonly octets: Buffer[]}[] = [];
  for (const [, name = '', encoding = '', encoded = ''] of encodedWords.matchAll(words)) {
    const charset = name.toLowerCase();
    const octets = encoding.toLowerCase() === 'b' ? octetsOfBase64(encoded) : octetsOfQ(encoded);
    const last = texts.at(-1);
    if (last?.charset === charset) last.octets.push(octets);
    else texts.push({charset, octets: [octets]});
  }
  return texts
    .map(({charset, octets}) =>
      new TextDecoder(charset, {fatal: true, ignoreBOM: true}).decode(Buffer.concat(octets)),
    )
    .join('');
}

function octetsOfBase64(encoded: string): Buffer {
  const [, digits = '', rest] = /^([A-Za-z0-9+/]*)(=*)$/.exec(encoded) ?? [];
  if (rest === undefined || digits.length % 4 === 1) throw new Error('no base64');
  return Buffer.from(digits, 'base64');
}

/** RFC 2047 4.2. */
function octetsOfQ(encoded: string): Buffer {
  if (!/^(?:[!-<>-~]|=[0-9a-f]{2})*$/i.test(encoded)) throw new Error('no Q encoding');
  const octets = encoded
    .replaceAll('_', ' ')
    .replace(/=(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(octets, 'latin1');
}
