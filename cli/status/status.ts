// `relayq status`: what is active, what is stuck, and why; `relayq top`: the same, live.

import {setTimeout as delay} from 'node:timers/promises';
import type {Overview} from '../../shared/overview/overview.ts';
import {parseUtcTime} from '../../shared/utc-time.ts';
import {awsProblemOf} from '../aws/aws-problem.ts';
import type {AddCommand} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {printable} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import {overviewLines} from './overview-text.ts';
import {StageWatch} from './stage-watch.ts';

export const status: AddCommand = (program, acting) =>
  void program
    .command('status')
    .summary('what is active, what is stuck, and why')
    .description(
      'Shows active domains, queues, dead letters and the settings in force. Exit status 1 where a receiver is down, there are dead letters, or settings are wrong.',
    )
    .option('--all', 'every domain, not only the first fifty')
    .action(
      acting(async (context: Context, {all = false}: {all?: boolean}) => {
        const overview = await new StageWatch(context).observe();
        const {terminal, json} = context;
        if (json) terminal.say(JSON.stringify(overview));
        else
          for (const line of linesOf(overview, context, all ? Number.POSITIVE_INFINITY : 50))
            terminal.say(line);
        return hasFindings(overview) ? 1 : 0;
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
        let shown: Overview | undefined;
        while (!signal.aborted) {
          try {
            shown = await watch.observe();
            if (json) terminal.say(JSON.stringify(shown));
            else terminal.show(linesOf(shown, context, Math.max(terminal.rows - 9, 5)));
          } catch (error) {
            if (signal.aborted) break;
            // What never worked will not work soon.
            if (shown === undefined) throw error;
            terminal.tell(`this is as of ${shown.time}Z: ${printable(awsProblemOf(error as Error))}`);
          }
          await delay(seconds * 1000, undefined, {signal}).catch(() => {});
        }
        return 0;
      }),
    );

const hasFindings = ({domains, totals, settingsProblems}: Overview): boolean =>
  domains.some(({state}) => state === 'down') || totals.deadLetters > 0 || settingsProblems.length > 0;

const linesOf = (overview: Overview, {terminal, local}: Context, mostRows: number) =>
  overviewLines(overview, {
    columns: terminal.columns,
    hasColours: terminal.hasColours,
    timeOf: utcTime => timeText(parseUtcTime(utcTime)!, local),
    mostRows,
  });
