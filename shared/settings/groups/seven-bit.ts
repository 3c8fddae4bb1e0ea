// Whether the 8-bit parts of a text are converted before it is queued, as a next hop without 8BITMIME would have to do it.

import type {NamedGroup} from '../setting-group.ts';

export const sevenBit: NamedGroup<boolean> = {
  names: ['seven-bit'],
  defaults: {'seven-bit': 'false'},
  read: (reader, name) => reader.word(name, ['true', 'false']) === 'true',
};
