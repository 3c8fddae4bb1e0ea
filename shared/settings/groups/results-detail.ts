// What results tell beyond what is small: nothing of it, unless it says otherwise. What is not told is not computed.

import {type Parsed, right, wrong} from '../../parsed.ts';
import type {NamedGroup} from '../setting-group.ts';

/** In each entry: `banner`, `certificate`, `sent`. In each result: `extracted`. */
export const resultDetails = ['banner', 'certificate', 'extracted', 'sent'] as const;
export type ResultDetail = (typeof resultDetails)[number];

export const resultsDetail: NamedGroup<ReadonlySet<ResultDetail>> = {
  names: ['results-detail'],
  defaults: {'results-detail': 'none'},
  read: (reader, name) => {
    const words = reader.list(name, parseDetail) ?? [];
    const isAlone = words.length === 1;
    for (const word of ['none', 'full'] as const)
      if (words.includes(word) && !isAlone) reader.wrong(name, `must be ${word} alone, or a list without it`);
    if (words.includes('full')) return new Set(resultDetails);
    return new Set(words.filter(word => word !== 'none' && word !== 'full'));
  },
};

const parseDetail = (text: string): Parsed<ResultDetail | 'full' | 'none'> =>
  text === 'none' || text === 'full' || resultDetails.includes(text as ResultDetail)
    ? right(text as ResultDetail | 'full' | 'none')
    : wrong(`must be a list of ${resultDetails.join(', ')}; or full, or none`);
