// `relayq hold list`: what holds mail back or ends it, and how much is held.

import type {Rule} from '../../shared/overview/rules.ts';
import type {Act, AddCommand} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {countOf, printable} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import {type Holds, holdsOf} from './holds.ts';

export const hold: AddCommand = (program, acting) => {
  const command = program
    .command('hold')
    .summary('what is paused, cancelled or outside of its window')
    .description('What holds mail back, and how much of it there is.');
  command
    .command('list')
    .summary('shows pauses, forced errors and windows, and how much is held')
    .description(
      'Shows pauses, forced errors and delivery windows, each with its reason and its end, and how much mail is held. Exit status 1 where one of them cannot be read.',
    )
    .action(acting(list));
};

const list: Act<[]> = async context => {
  const holds = await holdsOf(context);
  const {terminal, json} = context;
  if (json) terminal.say(JSON.stringify(holds));
  else for (const line of linesOf(holds, context)) terminal.say(line);
  return holds.problems.length > 0 ? 1 : 0;
};

function linesOf({held, rules, problems}: Holds, {local}: Context): readonly string[] {
  const timeOf = (time: string) => timeText(Date.parse(`${time.replace(' ', 'T')}Z`), local);
  const ofRule = ({setting, mail, does, reason, until, isOver}: Rule) => [
    `${setting}: ${does} ${mail}`,
    ...(reason === undefined ? [] : [`  because: ${reason}`]),
    ...(until === undefined ? [] : [isOver ? `  over since ${timeOf(until)}` : `  until ${timeOf(until)}`]),
  ];
  return [
    held === 0 ? 'no mail is held' : `${countOf(held, 'message')} held`,
    ...rules.flatMap(ofRule),
    ...(rules.length === 0 ? ['nothing holds mail back'] : []),
    ...problems.map(({path, problem}) => `wrong: ${path} ${problem}`),
  ].map(printable);
}
