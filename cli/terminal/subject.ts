// The subject of a MIME text, as a person reads it.

/** The Subject field, unfolded (RFC 5322 2.2.3) and decoded (RFC 2047). */
export function subjectOf(raw: Buffer): string {
  const [header = ''] = raw.toString('utf8').split(/\r?\n\r?\n/, 1);
  const [, field = ''] = /^subject:((?:.*)(?:\r?\n[ \t].*)*)/im.exec(header) ?? [];
  const unfolded = field.replaceAll(/\r?\n(?=[ \t])/g, '').trim();
  // White space between two encoded words is not part of the text (RFC 2047 6.2).
  const joined = unfolded.replaceAll(/(\?=)\s+(?==\?)/g, '$1');
  return joined.replaceAll(/=\?([^?*]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/gi, decodedWord);
}

function decodedWord(word: string, charset: string, encoding: string, text: string): string {
  const octets =
    encoding.toLowerCase() === 'b'
      ? Buffer.from(text, 'base64')
      : Buffer.from(
          text
            .replaceAll('_', ' ')
            .replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) =>
              String.fromCharCode(Number.parseInt(hex, 16)),
            ),
          'latin1',
        );
  try {
    return new TextDecoder(charset).decode(octets);
  } catch {
    // The character set is not known. The word as it stands is better than a wrong one.
    return word;
  }
}
