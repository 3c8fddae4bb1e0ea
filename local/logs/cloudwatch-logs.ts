// CloudWatch Logs: the log groups of the account, by name or by ARN.

import {logGroupNotFound} from './errors.ts';
import {QueryRuns} from './insights/query-runs.ts';
import {type LogEvent, LogGroup, type LogGroupOptions} from './log-group.ts';

export class CloudWatchLogs {
  readonly queries = new QueryRuns();
  readonly #accountId: string;
  readonly #arnPrefix: string;
  readonly #groups = new Map<string, LogGroup>();
  readonly #listeners: ((event: LogEvent) => void)[] = [];

  constructor({region, accountId}: {readonly region: string; readonly accountId: string}) {
    this.#accountId = accountId;
    this.#arnPrefix = `arn:aws:logs:${region}:${accountId}:log-group:`;
  }

  /** The group of that name. It is created if it does not exist. */
  ensureGroup(name: string, options?: LogGroupOptions): LogGroup {
    const known = this.#groups.get(name);
    if (known !== undefined) return known;
    const group = new LogGroup(name, {...options, onEvent: event => this.#tell(event)});
    this.#groups.set(name, group);
    return group;
  }

  /** Is told every event, of all groups. */
  onEvent(listener: (event: LogEvent) => void): void {
    this.#listeners.push(listener);
  }

  /**
   * @param identifier its name or its ARN
   * @throws AwsError when there is none
   */
  group(identifier: string): LogGroup {
    const isArn = identifier.startsWith(this.#arnPrefix);
    const group = this.#groups.get(isArn ? identifier.slice(this.#arnPrefix.length) : identifier);
    if (group === undefined) throw logGroupNotFound();
    return group;
  }

  /** ASCII-sorted by name (DescribeLogGroups). */
  get groups(): readonly LogGroup[] {
    return [...this.#groups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** How queries name a group: `@log`. */
  logOf({name}: LogGroup): string {
    return `${this.#accountId}:${name}`;
  }

  arnOf({name}: LogGroup): string {
    return `${this.#arnPrefix}${name}`;
  }

  #tell(event: LogEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
