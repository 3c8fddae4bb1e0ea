// The latest attempts and ends of a domain, with a fate, under a tag.

import {foundLines, wantedIn} from '../attempt-search.ts';
import type {Route} from '../visit.ts';

export const search: Route = {
  method: 'GET',
  path: /^\/api\/search$/,
  withinMs: 60_000,
  async answer({context, query}) {
    return {...(await foundLines(wantedIn(query), context)), source: 'log'};
  },
};
