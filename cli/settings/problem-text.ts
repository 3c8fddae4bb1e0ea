// A problem of a setting in words. Of an unknown name it says which one was meant, if that can be told.

import type {Problem} from '../../shared/parsed.ts';
import {parameterNames, parameterPrefixes} from '../../shared/settings/settings.ts';
import {nearestName} from './nearest-name.ts';

/** The name that was meant by an unknown one. */
export function suggestionFor(name: string): string | undefined {
  const isKnown = parameterNames.includes(name) || parameterPrefixes.some(prefix => name.startsWith(prefix));
  return isKnown ? undefined : nearestName(name);
}

export function problemText({path, problem}: Problem): string {
  const suggestion = suggestionFor(path);
  return suggestion === undefined ? `${path} ${problem}` : `${path} is unknown: did you mean ${suggestion}?`;
}
