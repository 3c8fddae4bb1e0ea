// A command line that can be pasted into bash or zsh, whatever others have written into its words.

const plain = /^[A-Za-z0-9_@%+=:,./-]+$/;
/** What a terminal would act upon, or show wrongly. */
const odd = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

/** The words in one line, each as the shell has to see it. */
export const commandLineOf = (words: readonly string[]): string => words.map(quoted).join(' ');

function quoted(word: string): string {
  if (plain.test(word)) return word;
  if (!odd.test(word)) return `'${word.replaceAll("'", `'\\''`)}'`;
  const escaped = [...word].map(each => {
    if (each === '\\' || each === "'") return `\\${each}`;
    return odd.test(each) ? escapeOf(each.codePointAt(0)!) : each;
  });
  return `$'${escaped.join('')}'`;
}

const escapeOf = (code: number): string =>
  code < 0x1_0000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
