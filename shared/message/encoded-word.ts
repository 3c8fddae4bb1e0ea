// Encoded words (RFC 2047): how a header field says what ASCII cannot. Only whole words between blanks are ones
// (section 5), so that a text that merely has `=?` in it stays as it is.

interface EncodedWord {
  readonly charset: string;
  readonly octets: Buffer;
}

// With the language that RFC 2231 5 allows behind the charset.
const encodedWord = /=\?([\w.:+-]{1,40})(?:\*[\w-]{0,40})?\?([bq])\?([^?\s]*)\?=/gi;

/**
 * The text of a field's value, unfolded. Blanks between two encoded words are not part of it (6.2), and a
 * character may be spread over several words, as some senders do it.
 * @returns undefined when a word names an unknown charset, or cannot be decoded by it
 */
export function decodedText(value: string): string | undefined {
  if (!value.includes('=?')) return value;
  const text: string[] = [];
  let words: EncodedWord[] = [];
  // The blanks behind those words: dropped when another word follows.
  let blanks = '';
  const flush = (): boolean => {
    const decoded = textOf(words);
    if (decoded !== undefined) text.push(decoded, blanks);
    words = [];
    blanks = '';
    return decoded !== undefined;
  };
  for (const part of value.split(/([ \t]+)/)) {
    if (part === '' || /^[ \t]/.test(part)) {
      blanks += part;
      continue;
    }
    const more = wordsOf(part);
    if (more === 'undecodable') return undefined;
    if (more !== undefined) {
      if (words.length === 0 && !flush()) return undefined;
      words.push(...more);
      blanks = '';
      continue;
    }
    if (!flush()) return undefined;
    text.push(part);
  }
  return flush() ? text.join('') : undefined;
}

/** The encoded words that a part is made of, with nothing between them; undefined when it is ordinary text. */
function wordsOf(part: string): readonly EncodedWord[] | 'undecodable' | undefined {
  const matches = [...part.matchAll(encodedWord)];
  const length = matches.reduce((sum, [whole]) => sum + whole.length, 0);
  if (matches.length === 0 || length !== part.length) return undefined;
  const words: EncodedWord[] = [];
  for (const [, charset = '', encoding = '', encoded = ''] of matches) {
    const octets = encoding.toLowerCase() === 'b' ? octetsOfBase64(encoded) : octetsOfQ(encoded);
    if (octets === undefined) return 'undecodable';
    words.push({charset: charset.toLowerCase(), octets});
  }
  return words;
}

const octetsOfBase64 = (encoded: string): Buffer | undefined => {
  const [, digits = '', rest] = /^([A-Za-z0-9+/]*)(=*)$/.exec(encoded) ?? [];
  return rest === undefined || digits.length % 4 === 1 ? undefined : Buffer.from(digits, 'base64');
};

/** RFC 2047 4.2. */
const octetsOfQ = (encoded: string): Buffer | undefined =>
  /^(?:[!-<>-~]|=[0-9a-f]{2})*$/i.test(encoded)
    ? Buffer.from(
        encoded
          .replaceAll('_', ' ')
          .replace(/=(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      )
    : undefined;

function textOf(words: readonly EncodedWord[]): string | undefined {
  const runs: {readonly charset: string; readonly octets: Buffer[]}[] = [];
  for (const {charset, octets} of words) {
    const run = runs.at(-1);
    if (run?.charset === charset) run.octets.push(octets);
    else runs.push({charset, octets: [octets]});
  }
  try {
    return runs
      .map(({charset, octets}) =>
        new TextDecoder(charset, {fatal: true, ignoreBOM: true}).decode(Buffer.concat(octets)),
      )
      .join('');
  } catch {
    return undefined;
  }
}
