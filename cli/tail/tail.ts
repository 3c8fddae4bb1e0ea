// `relayq tail`: what the functions log, as they log it.

import {setTimeout as delay} from 'node:timers/promises';
import {Option} from 'commander';
import {fates} from '../../shared/delivery/result.ts';
import {logGroupOf, namesOf} from '../../shared/names.ts';
import type {Act, AddCommand} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {paintOf} from '../terminal/paint.ts';
import {printable} from '../terminal/printable.ts';
import {logProblemOf} from '../trace/trace-document.ts';
import {durationOf} from './duration.ts';
import {filterPatternOf, type LogFilter} from './log-filter.ts';
import {logLine} from './log-line.ts';
import {isThrottled, type LogEvent, LogReader} from './log-reader.ts';

interface TailOptions extends LogFilter {
  /** Milliseconds. */
  readonly since?: number;
}

const pollMs = 1500;
/** A trouble that lasts is told now and then. */
const troubleMs = 5000;

export const tail: AddCommand = (program, acting) =>
  void program
    .command('tail')
    .summary('what the functions log, as they log it')
    .description(
      'Shows what the functions log, as they log it, until Ctrl-C. With --json the lines as they are, one a line.',
    )
    .option('--domain <name>', 'only lines about mail to this domain')
    .option('--id <id>', 'only lines about this message; 8ee6* for all that begin so')
    .addOption(new Option('--fate <fate>', 'only what has this fate').choices(fates))
    .option('--since <time>', 'begin so long ago: 30s, 5m, 2h, 1d', durationOf)
    .action(acting(follow));

const follow: Act<[TailOptions]> = async (context, {since = 0, ...filter}) => {
  const {stage, signal, clients, now} = context;
  const pattern = filterPatternOf(filter);
  const {route, deliver} = namesOf(stage);
  const watch = new Watch(context);
  const readers = [route, deliver].map(
    name =>
      new LogReader(clients.logs, {
        group: logGroupOf(name),
        pattern,
        sinceMs: now() - since,
        signal,
        onTrouble: error => watch.trouble(error),
      }),
  );
  try {
    for (;;) {
      await readAll(readers, events => watch.show(events));
      watch.read();
      await delay(pollMs, undefined, {signal});
    }
  } catch (error) {
    // Ctrl-C is how it ends.
    if (signal.aborted) return 0;
    throw logProblemOf(error as Error, stage);
  }
};

/** What has come to all groups, in the order of time as far as it has come by then. */
async function readAll(
  readers: readonly LogReader[],
  show: (events: readonly LogEvent[]) => void,
): Promise<void> {
  let pages = readers.map(reader => reader.read());
  while (pages.length > 0) {
    const read = await Promise.all(pages.map(page => page.next()));
    const events = read.flatMap(({done, value}) => (done ? [] : value));
    show(events.sort((a, b) => a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1)));
    pages = pages.filter((_, index) => !read[index]!.done);
  }
}

/** What the person who watches is shown. */
class Watch {
  readonly #context: Context;
  #readMs: number;
  #toldMs = Number.NEGATIVE_INFINITY;

  constructor(context: Context) {
    this.#context = context;
    this.#readMs = context.now();
  }

  show(events: readonly LogEvent[]): void {
    const {terminal, json, local: isLocal} = this.#context;
    const paint = paintOf(terminal.hasColours);
    for (const event of events) {
      const line = json ? event.message.trimEnd() : logLine(event, {paint, isLocal});
      if (line !== undefined) terminal.say(line);
    }
  }

  read(): void {
    this.#readMs = this.#context.now();
  }

  trouble(error: Error): void {
    const {terminal, now} = this.#context;
    if (now() - this.#toldMs < troubleMs) return;
    this.#toldMs = now();
    const seconds = Math.round((now() - this.#readMs) / 1000);
    const what = isThrottled(error)
      ? 'logs are throttled'
      : `logs cannot be read (${printable(error.message)})`;
    terminal.tell(`relayq: ${what}, last read ${seconds} s ago`);
  }
}
