// What a server has said, as the rules read it: words in lower case with a space around each. Addresses are left out, and of
// URLs all but the host: a mailbox or a page may be called anything.

/** What stands around words; points belong to statuses and host names. */
const marks = /[^\p{L}\p{N}.]+/gu;
/** A colon of a URL is none. */
const brackets = /[<>()[\]{}"`,;|]+|:(?!\/\/)/g;
const apostrophes = /['\u2019]/g;

export function saidIn(text: string): string {
  const words = text
    .toLowerCase()
    .replace(apostrophes, '')
    .replace(brackets, ' ')
    .split(/\s+/)
    .filter(word => !word.includes('@'))
    .flatMap(word => hostOfUrl(word).replace(marks, ' ').split(' '))
    .map(withoutPoints)
    .filter(word => word !== '');
  return ` ${words.join(' ')} `;
}

function hostOfUrl(word: string): string {
  const start = word.indexOf('://');
  if (start === -1) return word;
  const [host = ''] = word.slice(start + 3).split(/[/?#]/, 1);
  return host;
}

/** Points at the ends. (A regular expression for those behind would take quadratic time.) */
function withoutPoints(word: string): string {
  let [start, end] = [0, word.length];
  while (start < end && word[start] === '.') start += 1;
  while (end > start && word[end - 1] === '.') end -= 1;
  return word.slice(start, end);
}
