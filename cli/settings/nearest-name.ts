// The name that was meant, by the look of it.

import {parameterNames} from '../../shared/settings/settings.ts';

/** More slips than that make another word. */
const mostSlips = 3;

/** @returns undefined where nothing is near */
export function nearestName(name: string): string | undefined {
  const ending = parameterNames.find(known => known.endsWith(`-${name}`));
  if (ending !== undefined) return ending;
  const most = Math.min(mostSlips, Math.ceil(name.length / 3));
  const near = parameterNames
    .map(known => ({known, slips: slipsBetween(name.slice(0, 100), known)}))
    .sort((a, b) => a.slips - b.slips)[0];
  return near !== undefined && near.slips <= most ? near.known : undefined;
}

/** How many characters have to be put in, left out, or changed (Levenshtein). */
function slipsBetween(a: string, b: string): number {
  let row = Array.from({length: b.length + 1}, (_, index) => index);
  for (const [index, character] of [...a].entries()) {
    const next = [index + 1];
    for (let at = 1; at <= b.length; at++) {
      const same = row[at - 1]! + (b[at - 1] === character ? 0 : 1);
      next.push(Math.min(same, row[at]! + 1, next[at - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
