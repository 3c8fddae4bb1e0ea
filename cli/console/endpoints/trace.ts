// What happened to a message, or to the messages to somebody: what `relayq trace --json` prints. What costs money is searched
// when it is posted with `spend`, by a person who has seen the price.

import {durationOf} from '../../tail/duration.ts';
import {documentOf, foundFor} from '../../trace/trace-document.ts';
import {tracedOf} from '../../trace/traced.ts';
import {ConsoleProblem} from '../console-problem.ts';
import type {Route, Visit} from '../visit.ts';

const place = {
  path: /^\/api\/trace$/,
  // Logs Insights works through gigabytes.
  withinMs: 180_000,
};

async function answer({context, query}: Visit): Promise<object> {
  const text = query.get('q')?.trim() ?? '';
  const found = await foundFor(tracedOf(text), context, sinceIn(query));
  return {...documentOf(found, context, text), source: 'log'};
}

export const trace: Route = {method: 'GET', ...place, answer};

export const paidTrace: Route = {method: 'POST', ...place, answer};

function sinceIn(query: URLSearchParams): number | undefined {
  const given = query.get('since') || undefined;
  const since = given === undefined ? undefined : durationIn(given);
  if (since === 0) throw new ConsoleProblem('invalid', 'since: a time such as 24h is wanted');
  return since;
}

function durationIn(text: string): number {
  try {
    return durationOf(text);
  } catch {
    return 0;
  }
}
