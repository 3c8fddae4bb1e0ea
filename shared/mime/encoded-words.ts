// A text as encoded words (RFC 2047) in UTF-8, each with whole characters: in Q, which people can read, unless that takes up
// twice as much as base64.

const frame = '=?UTF-8?Q??='.length;
/** RFC 2047 2. */
const longest = 75;

/** What may stand for itself in a phrase (RFC 2047 5), the strictest of all places. */
const plain = /[A-Za-z0-9!*+/-]/;

/** @param room how long the first word may be: it stands behind the name of the field */
export function encodedWords(text: string, room = longest): readonly string[] {
  const characters = [...text].map(character => ({character, octets: Buffer.byteLength(character)}));
  const qLength = characters.reduce((sum, each) => sum + qLengthOf(each), 0);
  const isQ = qLength <= 8 * Math.ceil(Buffer.byteLength(text) / 3);
  const words: string[] = [];
  let word = '';
  let length = 0;
  const end = () => {
    words.push(isQ ? `=?UTF-8?Q?${inQ(word)}?=` : `=?UTF-8?B?${Buffer.from(word).toString('base64')}?=`);
    word = '';
    length = 0;
  };
  for (const each of characters) {
    const most = (words.length === 0 ? Math.min(room, longest) : longest) - frame;
    const added = isQ ? qLengthOf(each) : each.octets;
    if (word !== '' && (isQ ? length + added : Math.ceil((length + added) / 3) * 4) > most) end();
    word += each.character;
    length += added;
  }
  if (word !== '') end();
  return words;
}

const qLengthOf = ({character, octets}: {readonly character: string; readonly octets: number}): number =>
  character === ' ' || plain.test(character) ? 1 : 3 * octets;

const inQ = (text: string): string =>
  [...text]
    .map(character => {
      if (character === ' ') return '_';
      if (plain.test(character)) return character;
      const hex = Buffer.from(character).toString('hex').toUpperCase();
      return hex.replace(/../g, '=$&');
    })
    .join('');
