// What EHLO says; undefined is the address literal of the environment.

import {parseHostname} from '../../smtp/address.ts';
import type {NamedGroup} from '../setting-group.ts';

export const heloName: NamedGroup<string | undefined> = {
  names: ['helo-name'],
  read: (reader, name) => reader.parsed(name, parseHostname),
};
