// `relayq status`: what is active, what is stuck, and why; `relayq top`: the same, live.

import {setTimeout as delay} from 'node:timers/promises';
import {parseUtcTime} from '../../shared/utc-time.ts';
import type {AddCommand} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {timeText} from '../terminal/time.ts';
import {overviewLines} from './overview-text.ts';
import {type Observation, StageWatch} from './stage-watch.ts';

export const status: AddCommand = (program, acting) =>
  void program
    .command('status')
    .summary('what is active, what is stuck, and why')
    .description(
      'Shows active domains, queues, dead letters and the settings in force. Exit status 1 where a receiver is down or there are dead letters.',
    )
    .option('--all', 'every domain, not only the first fifty')
    .action(
      acting(async (context: Context, {all = false}: {all?: boolean}) => {
        const observation = await new StageWatch(context).observe();
        const {overview} = observation;
        const {terminal, json} = context;
        if (json) terminal.say(JSON.stringify(overview));
        else
          for (const line of linesOf(observation, context, all ? Number.POSITIVE_INFINITY : 50))
            terminal.say(line);
        if (json) tellStale(observation, context);
        const isStuck = overview.domains.some(({state}) => state === 'down');
        return isStuck || overview.totals.deadLetters > 0 ? 1 : 0;
      }),
    );

export const top: AddCommand = (program, acting) =>
  void program
    .command('top')
    .summary('the same, live')
    .option('--every <seconds>', 'how often it is asked', '5')
    .action(
      acting(async (context: Context, {every}: {every: string}) => {
        const seconds = Number(every);
        if (!(seconds >= 1 && seconds <= 3600))
          throw new UsageError('--every: a number of seconds from 1 to 3600');
        const {terminal, signal, json} = context;
        const watch = new StageWatch(context);
        while (!signal.aborted) {
          const observation = await watch.observe();
          if (json) terminal.say(JSON.stringify(observation.overview));
          else terminal.show(linesOf(observation, context, Math.max(terminal.rows - 9, 5)));
          await delay(seconds * 1000, undefined, {signal}).catch(() => {});
        }
        return 0;
      }),
    );

const linesOf = (observation: Observation, {terminal, local}: Context, mostRows: number) => [
  ...overviewLines(observation.overview, {
    columns: terminal.columns,
    hasColours: terminal.hasColours,
    timeOf: utcTime => timeText(parseUtcTime(utcTime)!, local),
    mostRows,
  }),
  ...staleLine(observation),
];

const staleLine = ({staleBecause, staleMs}: Observation): readonly string[] =>
  staleBecause === undefined
    ? []
    : [`the log could not be read, so counts are ${Math.round(staleMs / 1000)} s old: ${staleBecause}`];

const tellStale = (observation: Observation, {terminal}: Context): void => {
  for (const line of staleLine(observation)) terminal.tell(line);
};
