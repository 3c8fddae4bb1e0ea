// How many seconds after its arrival a message may still be tried.

import {parseSeconds} from '../../parsed.ts';
import type {NamedGroup} from '../setting-group.ts';

export const maxDeliverTime: NamedGroup<number> = {
  names: ['max-delivertime'],
  defaults: {'max-delivertime': '86400'},
  read: (reader, name) => reader.parsed(name, text => parseSeconds(text, 1)) ?? 86_400,
};
