// Fields that a next hop rewrites, so that no signature must cover them: the parameters below `dkim-unsigned/`, by the host
// name of a smarthost. Amazon SES, for one, writes Message-ID and Date anew.

import {parseFieldNames} from '../../dkim/field-names.ts';
import {parseHost} from '../../smtp/address.ts';
import type {PrefixGroup} from '../setting-group.ts';

export const dkimUnsigned: PrefixGroup<readonly string[]> = {
  prefix: 'dkim-unsigned/',
  keyOf: parseHost,
  read: (reader, name) => reader.parsed(name, parseFieldNames),
};
