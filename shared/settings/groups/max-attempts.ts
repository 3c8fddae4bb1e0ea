// How often a message is tried at most; 0 is unlimited.

import {parseWholeNumber} from '../../parsed.ts';
import type {NamedGroup} from '../setting-group.ts';

export const maxAttempts: NamedGroup<number> = {
  names: ['max-attempts'],
  defaults: {'max-attempts': '0'},
  read: (reader, name) => reader.parsed(name, text => parseWholeNumber(text, 0, 1_000_000)) ?? 0,
};
