// What was found of a message in the logs of a stage, and the document that `--json` prints of it.

import {logGroupOf, namesOf} from '../../shared/names.ts';
import type {Context} from '../command/context.ts';
import {NotFound} from '../command/problems.ts';
import {timeText} from '../terminal/time.ts';
import {type Found, searchFor} from './search.ts';
import type {Traced} from './traced.ts';

/** The log groups of the functions. */
export const logGroupsOf = (stage: string): readonly string[] => {
  const {route, deliver} = namesOf(stage);
  return [route, deliver].map(logGroupOf);
};

/** @param since milliseconds; undefined for what costs nothing */
export async function foundFor(traced: Traced, context: Context, since: number | undefined): Promise<Found> {
  const {stage, now} = context;
  const search = {groups: logGroupsOf(stage), nowMs: now(), since};
  return searchFor(traced, context, search).catch((error: Error) => {
    throw logProblemOf(error, stage);
  });
}

/** The log groups come with the functions. */
export const logProblemOf = (error: Error, stage: string): Error =>
  error.name === 'ResourceNotFoundException'
    ? new NotFound(`there are no logs of the functions: is stage ${stage} deployed there?`, {cause: error})
    : error;

/** What `--json` prints. @param traced as the person has named it */
export function documentOf({messages, sinceMs, nowMs}: Found, {stage}: Context, traced: string) {
  const timeOf = (ms: number) => timeText(ms, false);
  return {
    version: 1,
    stage,
    time: timeOf(nowMs),
    traced,
    searchedSince: timeOf(sinceMs),
    messages: messages.map(({events, nextMs, lanes, isOver, ...message}) => ({
      ...message,
      lanes,
      isOver,
      ...(nextMs !== undefined && {next: timeOf(nextMs)}),
      events: events.map(({timeMs, untilMs, facts, ...event}) => ({
        time: timeOf(timeMs),
        ...event,
        ...(untilMs !== undefined && {until: timeOf(untilMs)}),
        ...facts,
      })),
    })),
  };
}
