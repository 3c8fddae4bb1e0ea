// Patterns with wildcards: plain text in which `*` stands for anything. They are looked for anywhere in a text, in one pass
// over it, whatever the pattern: each part is taken where it comes first, so that nothing is tried twice.

/** Its parts, in their order. */
export type Wildcard = readonly string[];

/** Case does not count. */
export const wildcardOf = (pattern: string): Wildcard =>
  pattern
    .toLowerCase()
    .split('*')
    .filter(part => part !== '');

/** @param text in lower case */
export function isIn(text: string, parts: Wildcard): boolean {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at === -1) return false;
    from = at + part.length;
  }
  return true;
}

/** Whether the pattern is all of the text. @param text in lower case */
export function isWhole(text: string, pattern: string): boolean {
  const parts = pattern.toLowerCase().split('*');
  const [first, last] = [parts[0]!, parts.at(-1)!];
  if (parts.length === 1) return text === first;
  if (text.length < first.length + last.length) return false;
  const middle = text.slice(first.length, text.length - last.length);
  return text.startsWith(first) && text.endsWith(last) && isIn(middle, parts.slice(1, -1).filter(Boolean));
}
