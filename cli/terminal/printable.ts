// Text of others, as a terminal may show it.

/** A server's words must not control the terminal, nor turn what stands beside them around. */
export const printable = (text: string): string =>
  text.replaceAll(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ');

/** At most so many characters; where some are left out, the last one says so. */
export function shortened(text: string, most: number): string {
  // A character is at most two code units: no more than that is looked at.
  const characters = [...text.slice(0, 2 * most + 2)];
  return characters.length <= most ? text : `${characters.slice(0, Math.max(0, most - 1)).join('')}…`;
}

/** `1 message`, `2,000 messages`. */
export const countOf = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`;
