// Seconds between the attempts; the last one repeats.

import {parseSeconds} from '../../parsed.ts';
import type {NamedGroup} from '../setting-group.ts';

const defaultIntervals = [600, 600, 1800, 1800, 3600, 3600, 7200];

export const retryIntervals: NamedGroup<readonly number[]> = {
  names: ['retry-interval'],
  defaults: {'retry-interval': defaultIntervals.join(',')},
  read: (reader, name) => reader.list(name, text => parseSeconds(text, 1)) ?? defaultIntervals,
};
