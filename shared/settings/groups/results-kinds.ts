// The kinds of results that are published: all of them, unless it says otherwise.

import {type ResultKind, resultKinds} from '../../names.ts';
import {type Parsed, right, wrong} from '../../parsed.ts';
import type {NamedGroup} from '../setting-group.ts';

export const resultsKinds: NamedGroup<ReadonlySet<ResultKind>> = {
  names: ['results-kinds'],
  defaults: {'results-kinds': resultKinds.join(',')},
  read: (reader, name) => {
    const kinds = reader.list(name, parseKind) ?? resultKinds;
    if (kinds.includes('none') && kinds.length > 1)
      reader.wrong(name, 'must be none alone, or a list without it');
    return new Set(kinds.filter(kind => kind !== 'none'));
  },
};

const parseKind = (text: string): Parsed<ResultKind | 'none'> =>
  text === 'none' || resultKinds.includes(text as ResultKind)
    ? right(text as ResultKind | 'none')
    : wrong(`must be a list of ${resultKinds.join(', ')}; or none`);
