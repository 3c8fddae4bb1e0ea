// Settings from SSM, kept for a minute. While SSM fails, or what it holds is wrong, the last good settings
// stay in force, and the log says so once per change.

import {GetParametersByPathCommand, type SSMClient} from '@aws-sdk/client-ssm';
import type {Parameter} from '../shared/parameter-reader.ts';
import {parseSettings, type Settings} from '../shared/settings.ts';
import {errorText, type Log} from './log.ts';

export interface SettingsSourceOptions {
  readonly client: SSMClient;
  /** `/relayq/<stage>/` */
  readonly path: string;
  readonly log: Log;
  readonly maxAgeMs?: number;
  readonly now?: () => number;
}

export class SettingsSource {
  readonly #options: Required<SettingsSourceOptions>;
  #settings: Settings | undefined;
  #checkedMs = Number.NEGATIVE_INFINITY;
  #reported = '';
  #loading: Promise<void> | undefined;

  constructor(options: SettingsSourceOptions) {
    this.#options = {maxAgeMs: 60_000, now: Date.now, ...options};
  }

  /** @throws Error when there have never been good settings: mail must wait rather than go astray */
  async current(): Promise<Settings> {
    if (this.#options.now() - this.#checkedMs >= this.#options.maxAgeMs) {
      this.#loading ??= this.#load().finally(() => {
        this.#loading = undefined;
      });
      await this.#loading;
    }
    if (this.#settings === undefined) throw new Error('no usable settings yet; mail waits until there are');
    return this.#settings;
  }

  /** Has the next call read anew: a server refused our credentials, so they may have changed. */
  expire(): void {
    this.#checkedMs = Number.NEGATIVE_INFINITY;
  }

  async #load(): Promise<void> {
    try {
      const {settings, problems} = parseSettings(await this.#read(), this.#settings);
      this.#settings = settings;
      this.#report(problems.map(({path, problem}) => `${path} ${problem}`));
    } catch (error) {
      this.#report([`SSM cannot be read: ${errorText(error)}`]);
    }
    // Without any, every batch asks again; with old ones, once a minute is enough also while SSM is down.
    if (this.#settings !== undefined) this.#checkedMs = this.#options.now();
  }

  /** Logs what is wrong when it has changed since it was last logged. */
  #report(problems: readonly string[]): void {
    const report = problems.join('; ');
    if (report === this.#reported) return;
    this.#reported = report;
    const {log, path} = this.#options;
    if (report === '') log('info', 'settings are good again', {path});
    else log('error', 'settings have problems; the last good values stay in force', {path, problems});
  }

  async #read(): Promise<readonly Parameter[]> {
    const {client, path} = this.#options;
    const parameters: Parameter[] = [];
    let nextToken: string | undefined;
    do {
      // At most 10 come at a time (GetParametersByPath, MaxResults).
      const page = await client.send(
        new GetParametersByPathCommand({
          Path: path,
          Recursive: true,
          WithDecryption: true,
          NextToken: nextToken,
        }),
      );
      for (const {Name = '', Value = ''} of page.Parameters ?? []) {
        parameters.push({name: Name.slice(path.length), value: Value});
      }
      nextToken = page.NextToken;
    } while (nextToken);
    return parameters;
  }
}
