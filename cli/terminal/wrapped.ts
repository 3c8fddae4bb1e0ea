// Text in lines of so many columns.

/** Broken at blanks, each line behind so many of them. */
export function wrapped(text: string, width: number, indent: number): readonly string[] {
  const room = Math.max(width - indent, 20);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/).flatMap(each => piecesOf(each, room))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= room || line === '') line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  lines.push(line);
  return lines.map(each => ' '.repeat(indent) + each);
}

/** A word that has no line to fit on is cut. */
const piecesOf = (word: string, room: number): readonly string[] =>
  word.length <= room ? [word] : (word.match(new RegExp(`.{1,${room}}`, 'gsu')) ?? []);
