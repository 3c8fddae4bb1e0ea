// `relayq trace`: everything that happened to a message, or to the messages to somebody, by the functions' logs.

import type {Act, AddCommand} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {durationOf} from '../tail/duration.ts';
import {paintOf} from '../terminal/paint.ts';
import {countOf} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import {factsOf, type GroupsFacts} from './log-history.ts';
import type {Found} from './search.ts';
import {documentOf, foundFor} from './trace-document.ts';
import {messageLines} from './trace-text.ts';
import {type Traced, tracedOf} from './traced.ts';

interface TraceOptions {
  /** Milliseconds. */
  readonly since?: number;
}

/** Nobody reads more. */
const mostShown = 50;

export const trace: AddCommand = (program, acting) =>
  void program
    .command('trace')
    .summary('what happened to a message')
    .description(
      'Shows everything that happened to a message, or to all messages to somebody, and what comes next. The newest ' +
        'part of the log is read by requests that cost nothing, a day back at most. With --since, Logs Insights searches ' +
        'what these do not reach; its price is told first, and asked for. Exit status 1 where nothing is found.',
    )
    .argument('<id-or-recipient>', 'an ID as results have it in relayq.id, or an address')
    .option('--since <time>', 'how far back: 90m, 24h, 7d', durationOf)
    .action(acting(traceOne));

const traceOne: Act<[string, TraceOptions]> = async (context, text, {since}) => {
  const traced = tracedOf(text);
  if (since === 0) throw new UsageError('--since: a time such as 24h is wanted');
  const {json, terminal, clients} = context;
  const found = await foundFor(traced, context, since);
  if (json) terminal.say(JSON.stringify(documentOf(found, context, text)));
  else show(found, context);
  if (found.messages.length > 0) return 0;
  for (const hint of hintsOf(traced, found, await factsOf(clients.logs, found.groups), context))
    terminal.tell(hint);
  return 1;
};

function show({messages, sinceMs}: Found, {terminal, local, now}: Context): void {
  const {columns} = terminal;
  const paint = paintOf(terminal.hasColours);
  const timeOf = (ms: number) => timeText(ms, local);
  const shown = messages.slice(-mostShown);
  const left = messages.length - shown.length;
  if (left > 0) terminal.say(`… ${countOf(left, 'older message')}: see --json`);
  for (const message of shown) {
    for (const line of messageLines(message, {columns, paint, timeOf, nowMs: now()})) terminal.say(line);
    terminal.say('');
  }
  if (shown.length > 0) terminal.say(paint(`searched since ${timeOf(sinceMs)}`, 'dim'));
}

function hintsOf(
  {by}: Traced,
  {sinceMs, wantedMs}: Found,
  {keptDays}: GroupsFacts,
  {stage, local}: Context,
): readonly string[] {
  const further = sinceMs > wantedMs ? ', as far as it could be read for nothing' : '';
  return [
    `relayq: the log of stage ${stage} has nothing of it since ${timeText(sinceMs, local)}${further}`,
    ...(keptDays === undefined ? [] : [`  lines are kept for ${countOf(keptDays, 'day')}`]),
    '  --since 7d goes further back, --stage to another stage',
    '  what route lets in at once, and what waits until it is due, has no line until it is tried',
    ...(by === 'recipient'
      ? ['  lines of versions before this one do not name the recipient: trace by the ID in the result']
      : ['  the ID is that of the message on the outbox: results have it in relayq.id']),
  ];
}
