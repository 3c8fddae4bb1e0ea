// Whether a text that SMTP would have to bend is refused, unless the message says otherwise.

import type {NamedGroup} from '../setting-group.ts';

export const strict: NamedGroup<boolean> = {
  names: ['strict'],
  defaults: {strict: 'false'},
  read: (reader, name) => reader.word(name, ['true', 'false']) === 'true',
};
