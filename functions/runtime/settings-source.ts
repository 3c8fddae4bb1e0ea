// Settings from SSM, kept for a minute. While SSM fails, or holds something wrong, the last good settings stay in
// force, and the log says so once per change.

import type {SSMClient} from '@aws-sdk/client-ssm';
import type {LogLine} from '../../shared/log-line.ts';
import type {Parameter} from '../../shared/settings/parameter-reader.ts';
import {parseSettings, type Reading, type Settings} from '../../shared/settings/settings.ts';
import {changesReport, problemsLine} from '../../shared/settings/settings-report.ts';
import {errorText, type Log} from './log.ts';
import {
  impatience,
  isThrottling,
  type ParametersRead,
  type Patience,
  patience,
  readParameters,
  type Secrets,
} from './parameters.ts';

export interface SettingsSourceOptions {
  readonly client: SSMClient;
  /** `/relayq/<stage>/` */
  readonly path: string;
  readonly log: Log;
  readonly maxAgeMs: number;
  readonly now?: () => number;
}

/** Parameters are left alone at least so long before they count: whoever writes several one by one takes seconds. */
const leastSettleMs = 3000;

/** Within a batch, settings are not read more often than this. */
const leastAgeMs = 1000;

/** How long an environment that has no settings asks for them while SSM has too many calls. */
const throttledMs = 15_000;

/** When settings are asked for again that SSM refused because of too many calls. */
const throttledAgainMs = (): number => 3000 + Math.random() * 9000;

/** How long parameters with credentials are left alone, by how long settings are kept. */
export const settleMsOf = (maxAgeMs: number): number => Math.max(maxAgeMs, leastSettleMs);

export class SettingsSource {
  readonly #options: Required<SettingsSourceOptions>;
  readonly #settleMs: number;
  #reading: Reading | undefined;
  /** As they were decrypted last; undefined where all are to be decrypted. */
  #secrets: Secrets | undefined;
  #isExpired = false;
  #nextMs = Number.NEGATIVE_INFINITY;
  #reported = '';
  #pending: ReturnType<typeof changesReport>['pending'] = new Map();
  #loading: Promise<void> | undefined;

  constructor(options: SettingsSourceOptions) {
    this.#options = {now: Date.now, ...options};
    this.#settleMs = settleMsOf(this.#options.maxAgeMs);
  }

  /** @throws Error when SSM has never been read: mail waits rather than goes astray */
  async current(): Promise<Settings> {
    if (this.#options.now() >= this.#nextMs) {
      this.#loading ??= this.#load().finally(() => {
        this.#loading = undefined;
      });
      await this.#loading;
    }
    if (this.#reading === undefined)
      throw new Error('no usable settings yet; mail waits until there are some');
    return this.#reading.settings;
  }

  /** As they were read last; undefined before the first time. */
  get newest(): Settings | undefined {
    return this.#reading?.settings;
  }

  /**
   * Reads them again within a batch, when they are as old as they may get. While SSM fails, the last good ones count. Where
   * settings are not kept at all they may be a second old here, as many messages may ask at once.
   */
  async renew(): Promise<void> {
    const {now, maxAgeMs} = this.#options;
    if (this.#reading === undefined || now() < this.#reading.readMs + Math.max(maxAgeMs, leastAgeMs)) return;
    await this.current();
  }

  /** Makes the next call read and decrypt again: a server refused our credentials, so they may have changed. */
  expire(): void {
    this.#nextMs = Number.NEGATIVE_INFINITY;
    this.#isExpired = true;
  }

  async #load(): Promise<void> {
    const {maxAgeMs, now} = this.#options;
    if (this.#isExpired) this.#secrets = undefined;
    this.#isExpired = false;
    try {
      const parameters = await this.#read();
      const nowMs = now();
      const clock = {nowMs, settleMs: this.#settleMs, nextMs: nowMs + maxAgeMs};
      const reading = parseSettings(parameters, this.#reading, clock);
      this.#report(reading);
      this.#reading = reading;
      this.#nextMs = Math.min(clock.nextMs, reading.settings.knownFromMs ?? clock.nextMs);
    } catch (error) {
      const message = 'settings have problems; the last good values stay in force';
      const problems = [`SSM cannot be read: ${errorText(error)}`];
      this.#reportProblems({level: 'error', message, fields: {problems}});
      // Without settings every batch asks again. With old ones, once a minute is enough, unless SSM had too many calls: then
      // it is soon, and not when the others ask again.
      if (this.#reading === undefined) return;
      this.#nextMs = now() + (isThrottling(error) ? Math.min(maxAgeMs, throttledAgainMs()) : maxAgeMs);
      const {settings} = this.#reading;
      // What was unknown stays unknown until then.
      const kept = settings.unknown.size > 0 ? {...settings, knownFromMs: this.#nextMs} : settings;
      this.#reading = {...this.#reading, settings: kept};
    } finally {
      // It happened while they were read.
      if (this.#isExpired) this.#nextMs = Number.NEGATIVE_INFINITY;
    }
  }

  #report(reading: Reading): void {
    const {lines, pending} = changesReport(reading, this.#reading, this.#pending);
    this.#pending = pending;
    for (const line of lines) this.#log(line);
    this.#reportProblems(problemsLine(reading, this.#reading));
  }

  /** Logs it once per change. */
  #reportProblems(line: LogLine | undefined): void {
    const report = line === undefined ? '' : JSON.stringify(line.fields);
    if (report === this.#reported) return;
    this.#reported = report;
    this.#log(line ?? {level: 'info', message: 'settings are good again', fields: {}});
  }

  #log({level, message, fields}: LogLine): void {
    const {log, path} = this.#options;
    log(level, message, {path, ...fields});
  }

  /**
   * Pages are read one after the other. A later page can show what was written meanwhile, while an earlier page lacks
   * what was written before that. So a reading that shows something new counts when the next one is the same.
   */
  async #read(): Promise<readonly Parameter[]> {
    const {now} = this.#options;
    // For all readings together: route has 30 s, and a call that hangs at the end takes 8 s more.
    const limits = this.#reading === undefined ? patience(throttledMs) : impatience;
    let {parameters, pages} = await this.#readPages(limits);
    for (let again = 0; again < 2 && pages > 1; again += 1) {
      const sinceMs = now() - this.#settleMs;
      if (!parameters.some(({modifiedMs = 0}) => modifiedMs > sinceMs)) break;
      const last = JSON.stringify(parameters);
      ({parameters, pages} = await this.#readPages(limits));
      if (JSON.stringify(parameters) === last) break;
    }
    return parameters;
  }

  async #readPages(limits: Patience): Promise<ParametersRead> {
    const {client, path} = this.#options;
    const wish = {path, recursive: true, secrets: this.#secrets, patience: limits};
    const read = await readParameters(client, wish);
    this.#secrets = read.secrets;
    return read;
  }
}
