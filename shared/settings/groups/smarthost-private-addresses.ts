// Whether a smarthost that a message names may be in a private range.

import type {NamedGroup} from '../setting-group.ts';

export const smarthostPrivateAddresses: NamedGroup<boolean> = {
  names: ['smarthost-private-addresses'],
  defaults: {'smarthost-private-addresses': 'refused'},
  read: (reader, name) => reader.word(name, ['refused', 'allowed']) === 'allowed',
};
