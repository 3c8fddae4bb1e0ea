// Attempts and ends of messages that fit, from the log.

import {queryOf} from '../../data/api.ts';
import type {SearchAnswer} from '../../data/documents.ts';
import {type Polled, usePolled} from '../../data/polled.ts';

export interface Wanted {
  readonly domain?: string | undefined;
  readonly fate?: string | undefined;
  readonly tag?: string | undefined;
}

/** FilterLogEvents has few calls a second for the whole account. */
const everyMs = 20_000;

export const useLines = (wanted: Wanted | undefined, minutes: number): Polled<SearchAnswer> =>
  usePolled<SearchAnswer>(
    wanted === undefined ? undefined : `/api/search${queryOf({...wanted, minutes})}`,
    everyMs,
  );
