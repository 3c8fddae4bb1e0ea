// Rules of the stage's own for the classes of failures: the parameters below `classes/`.

import {type OwnRule, parseOwnRule} from '../../classes/own-rule.ts';
import {right, wrong} from '../../parsed.ts';
import type {PrefixGroup} from '../setting-group.ts';

export const classes: PrefixGroup<OwnRule> = {
  prefix: 'classes/',
  keyOf: rest =>
    /^[\w.-]{1,100}$/.test(rest)
      ? right(rest)
      : wrong('must end in a name of letters, digits, points, hyphens and underscores'),
  read: (reader, name) => reader.parsed(name, parseOwnRule),
};
