// Where a text is looked for that somebody has in the clipboard: an address, an ID, a domain.

import {linkTo} from './route.ts';

export function placeOf(text: string): string {
  const wanted = text.trim();
  if (wanted.includes('@')) return linkTo(['messages'], {q: wanted});
  const isId = /^[0-9a-f]{8}-[0-9a-f-]{20,}$/i.test(wanted) || !/[.(]/.test(wanted);
  return isId ? linkTo(['messages'], {q: wanted}) : linkTo(['domains', wanted.toLowerCase()]);
}
