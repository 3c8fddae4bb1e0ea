// Waits until the functions say in their logs that settings are in force. Clocks are not compared: what the logs had
// before is read first, and what comes then is news.

import {setTimeout as delay} from 'node:timers/promises';
import {FilterLogEventsCommand} from '@aws-sdk/client-cloudwatch-logs';
import {logGroupOf, namesOf} from '../../shared/names.ts';
import type {Context} from '../command/context.ts';
import {type LogEvent, LogReader} from '../tail/log-reader.ts';
import {parseSettingsLine, settingsPattern} from './settings-log.ts';
import type {Versions} from './write-parameters.ts';

/** What came of waiting. */
export type InForce = 'yes' | 'no function is running' | 'not seen' | 'refused';

/** How long functions keep settings: who has logged nothing for so long reads them before it does anything else. */
const keptMs = 60_000;
/** A clock that is further off gets no answer of AWS. */
const clocksMs = 5 * 60_000;
const pollMs = 1500;

interface FunctionLog {
  readonly name: string;
  readonly group: string;
  readonly reader: LogReader;
  /** The changes that it has said are in force. */
  readonly done: Set<string>;
}

export class InForceWatch {
  readonly #context: Context;
  readonly #path: string;
  readonly #logs: readonly FunctionLog[];
  #running: readonly FunctionLog[] = [];

  constructor(context: Context) {
    this.#context = context;
    const {route, deliver, parameterPath} = namesOf(context.stage);
    this.#path = parameterPath;
    const common = {
      pattern: settingsPattern,
      sinceMs: context.now() - clocksMs,
      signal: context.signal,
      onTrouble: () => {},
    };
    this.#logs = Object.entries({route, deliver}).map(([name, functionName]) => {
      const group = logGroupOf(functionName);
      return {name, group, reader: new LogReader(context.clients.logs, {group, ...common}), done: new Set()};
    });
  }

  /** To be called before anything is written. */
  async begin(): Promise<void> {
    const running: FunctionLog[] = [];
    for (const log of this.#logs) {
      if (!(await this.#hasLoggedLately(log.group))) continue;
      for await (const _ of log.reader.read());
      running.push(log);
    }
    this.#running = running;
  }

  /** @param versions what was changed */
  async wait(versions: Versions, seconds: number): Promise<InForce> {
    const {terminal, signal, now} = this.#context;
    if (this.#running.length > 0)
      terminal.tell(`waiting until ${this.functions.join(' and ')} have read it: at most ${seconds} s`);
    const startMs = now();
    for (;;) {
      const before = this.doneIn(versions);
      const found = await this.look(versions);
      for (const name of this.doneIn(versions).filter(each => !before.includes(each)))
        terminal.tell(`in force in ${name} after ${Math.round((now() - startMs) / 1000)} s`);
      if (found !== 'not seen' || now() - startMs >= seconds * 1000) return found;
      await delay(pollMs, undefined, {signal});
    }
  }

  /** Those that are running, and so have to read it. */
  get functions(): readonly string[] {
    return this.#running.map(({name}) => name);
  }

  /** Those of them that have said that it is in force. */
  doneIn = (versions: Versions): readonly string[] =>
    this.#running.filter(({done}) => done.size === versions.size).map(({name}) => name);

  /** Reads what is new. @param versions the same each time */
  async look(versions: Versions): Promise<InForce> {
    if (this.#running.length === 0) return 'no function is running';
    for (const log of this.#running)
      for await (const events of log.reader.read())
        for (const event of events) if (this.#isRefused(log, event, versions)) return 'refused';
    return this.doneIn(versions).length === this.#running.length ? 'yes' : 'not seen';
  }

  #isRefused({name, done}: FunctionLog, {message}: LogEvent, versions: Versions): boolean {
    const {terminal} = this.#context;
    const line = parseSettingsLine(message, this.#path, versions);
    if (line?.kind === 'in force') for (const each of line.names) done.add(each);
    if (line?.kind === 'settling')
      terminal.tell(
        `${name} has read it; what belongs together counts when it has been left alone for a minute`,
      );
    if (line?.kind !== 'unknown') return false;
    terminal.tell(`${name} does not know ${line.names.join(', ')}: it is of an older version`);
    return true;
  }

  /** A page may be empty, and the next one not. */
  async #hasLoggedLately(logGroupName: string): Promise<boolean> {
    const {clients, signal, now} = this.#context;
    const startTime = now() - keptMs;
    let nextToken: string | undefined;
    try {
      do {
        const command = new FilterLogEventsCommand({logGroupName, startTime, limit: 1, nextToken});
        const page = await clients.logs.send(command, {abortSignal: signal});
        if ((page.events?.length ?? 0) > 0) return true;
        nextToken = page.nextToken;
      } while (nextToken !== undefined);
      return false;
    } catch (error) {
      // Settings may be there before the functions are.
      if ((error as Error).name === 'ResourceNotFoundException') return false;
      throw error;
    }
  }
}
