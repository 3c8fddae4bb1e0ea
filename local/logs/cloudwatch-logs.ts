// CloudWatch Logs: the log groups of the account, by name or by ARN.

import type {Store} from '../store/store.ts';
import {logGroupNotFound} from './errors.ts';
import {QueryRuns} from './insights/query-runs.ts';
import type {LogEvent} from './log-event.ts';
import {LogGroup, type LogGroupOptions} from './log-group.ts';
import {LogRecords, storedGroups, storeGroup} from './log-records.ts';

export interface CloudWatchLogsOptions {
  readonly region: string;
  readonly accountId: string;
  readonly store?: Store | undefined;
  readonly now?: () => number;
}

type NewGroup = Pick<LogGroupOptions, 'creationTime' | 'retentionInDays' | 'capacityOctets'>;

export class CloudWatchLogs {
  readonly queries = new QueryRuns();
  readonly #accountId: string;
  readonly #store: Store | undefined;
  readonly #now: (() => number) | undefined;
  readonly #arnPrefix: string;
  readonly #groups = new Map<string, LogGroup>();
  readonly #listeners: ((event: LogEvent) => void)[] = [];

  constructor({region, accountId, store, now}: CloudWatchLogsOptions) {
    this.#accountId = accountId;
    this.#arnPrefix = `arn:aws:logs:${region}:${accountId}:log-group:`;
    this.#store = store;
    this.#now = now;
    for (const [name, options] of storedGroups(store)) this.#open(name, options);
  }

  /** The group of that name. It is created if it does not exist, and gets the retention if one is given. */
  ensureGroup(name: string, options: NewGroup = {}): LogGroup {
    const known = this.#groups.get(name);
    if (known !== undefined && !('retentionInDays' in options)) return known;
    known?.retain(options.retentionInDays);
    const group = known ?? this.#open(name, options);
    const {creationTime, retentionInDays: days} = group;
    storeGroup(this.#store, name, {creationTime, ...(days !== undefined && {retentionInDays: days})});
    return group;
  }

  /** Is told every event, of all groups: those that are kept already come first. */
  onEvent(listener: (event: LogEvent) => void): void {
    for (const {events} of this.#groups.values()) for (const event of events) listener(event);
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

  #open(name: string, options: NewGroup): LogGroup {
    const records = this.#store && new LogRecords(this.#store, name);
    const now = this.#now && {now: this.#now};
    const group = new LogGroup(name, {...options, ...now, records, onEvent: event => this.#tell(event)});
    this.#groups.set(name, group);
    return group;
  }

  #tell(event: LogEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
