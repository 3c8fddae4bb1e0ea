// Texts of others: what would not be seen, or would turn its neighbours around, is shown by its code.

export interface Piece {
  readonly text: string;
  /** `U+202E`, where `text` is one character that is not shown as it is. */
  readonly code?: string;
}

/**
 * Control characters, line ends, and what formats text without being seen: it reorders, joins or hides its neighbours.
 * Joiners (U+200C, U+200D) and selectors of variants are part of words and of emoji.
 */
const unseen =
  /[\p{Cc}\u2028\u2029\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Cs}/gu;

export function piecesOf(text: string): readonly Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const {0: found, index} of text.matchAll(unseen)) {
    if (index > end) pieces.push({text: text.slice(end, index)});
    pieces.push({text: found, code: codeOf(found)});
    end = index + found.length;
  }
  if (end < text.length || pieces.length === 0) pieces.push({text: text.slice(end)});
  return pieces;
}

/** The same in one text, for where nothing can be marked: titles, names for screen readers. */
export const visible = (text: string): string => text.replaceAll(unseen, found => `‹${codeOf(found)}›`);

const codeOf = (character: string): string =>
  `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;

/** At most so many characters; the last one says that some are left out. */
export function shortened(text: string, most: number): string {
  const characters = [...text.slice(0, 2 * most + 2)];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
