// How many connections to a receiver lie idle in all environments together, where its capacity says how many may: each has
// a lease. While the table fails, none lies idle.

import {randomUUID} from 'node:crypto';
import type {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import {stateExpiry} from '../../shared/names.ts';
import {errorText, type Log} from '../runtime/log.ts';
import {ListTable, secondsOf} from './list-table.ts';

/** Gives the lease back. */
export type Lease = () => void;

/** An environment that is frozen cannot close its connection. Servers do so after five minutes (RFC 5321 4.5.3.2.7). */
const leaseMs = 300_000;
/** How long the table is left alone after it failed. A lane that closes would wait for it. */
const backOffMs = 10_000;

export interface IdleLeasesParts {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  readonly log: Log;
  readonly now: () => number;
}

export class IdleLeases {
  readonly #list: ListTable;
  readonly #log: Log;
  readonly #now: () => number;
  readonly #returning = new Set<Promise<unknown>>();
  #askAgainMs = 0;

  constructor({client, tableName, log, now}: IdleLeasesParts) {
    this.#list = new ListTable(client, tableName, 'idle');
    this.#log = log;
    this.#now = now;
  }

  /** @param most how many there may be at a time @returns undefined when all are taken */
  async take(receiver: string, most: number): Promise<Lease | undefined> {
    const nowMs = this.#now();
    if (nowMs < this.#askAgainMs) return undefined;
    const holder = randomUUID();
    const first = Math.floor(Math.random() * most);
    const isFree = {
      expression: `attribute_not_exists(#${stateExpiry}) OR #${stateExpiry} < :now`,
      attributes: [stateExpiry],
      values: {now: secondsOf(nowMs)},
    };
    try {
      for (let index = 0; index < most; index += 1) {
        const name = `${receiver} ${(first + index) % most}`;
        const {done} = await this.#list.put(name, {holder: {S: holder}}, nowMs + leaseMs, isFree);
        if (done) return () => this.#return(name, holder);
      }
    } catch (error) {
      this.#failed(error);
    }
    return undefined;
  }

  /** Settles when no lease is being given back. */
  async returned(): Promise<void> {
    await Promise.all(this.#returning);
  }

  #return(name: string, holder: string): void {
    const isOurs = {expression: '#holder = :holder', attributes: ['holder'], values: {holder: {S: holder}}};
    const returning = this.#list
      .remove(name, isOurs)
      .catch(error => this.#failed(error))
      .finally(() => this.#returning.delete(returning));
    this.#returning.add(returning);
  }

  #failed(error: unknown): void {
    this.#askAgainMs = this.#now() + backOffMs;
    const message = 'the table of receivers does not say how many connections are idle';
    this.#log('warn', message, {error: errorText(error)});
  }
}
