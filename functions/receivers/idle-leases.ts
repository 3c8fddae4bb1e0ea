// How many connections to a receiver lie idle in all environments together, where its capacity says how many may: each has
// a lease. While the table fails, none lies idle.

import {randomUUID} from 'node:crypto';
import type {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import {stateExpiry} from '../../shared/names.ts';
import {BoundedMap} from '../runtime/bounded-map.ts';
import {errorText, type Log} from '../runtime/log.ts';
import {type Condition, ListTable, secondsOf} from './list-table.ts';

/** One lease is held as long as there is the connection, in use or idle: to give it back each time would cost a write each. */
export interface Lease {
  /** @returns whether it holds for as long as the connection may lie idle from now on */
  readonly renewed: () => Promise<boolean>;
  readonly giveBack: () => void;
}

/**
 * An environment that is frozen cannot close its connection. Servers do so after five minutes (RFC 5321 4.5.3.2.7), so that
 * a lease lasts for as long at least, and a minute longer: it is renewed no more often than that.
 */
const leaseMs = 360_000;
const renewAfterMs = 60_000;
/** How long the table is left alone after it failed. A lane that closes would wait for it. */
const backOffMs = 10_000;
/** Each place that is taken costs a write. So only some are asked for, and then none for a while. */
const mostTries = 10;
const fullMs = 10_000;

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
  /** Receivers that had no place, and until when that is believed. */
  readonly #full = new BoundedMap<string, number>(1_000);
  #askAgainMs = 0;

  constructor({client, tableName, log, now}: IdleLeasesParts) {
    this.#list = new ListTable(client, tableName, 'idle');
    this.#log = log;
    this.#now = now;
  }

  /** @param most how many there may be at a time @returns undefined when all are taken, as far as it is to be seen */
  async take(receiver: string, most: number): Promise<Lease | undefined> {
    const nowMs = this.#now();
    if (nowMs < Math.max(this.#askAgainMs, this.#full.get(receiver) ?? 0)) return undefined;
    const holder = randomUUID();
    const isFree = {
      expression: `attribute_not_exists(#${stateExpiry}) OR #${stateExpiry} < :now`,
      attributes: [stateExpiry],
      values: {now: secondsOf(nowMs)},
    };
    for (const place of somePlaces(most)) {
      const name = `${receiver} ${place}`;
      const written = await this.#put(name, holder, isFree);
      if (written === undefined) return undefined;
      if (written) return this.#leaseOf(name, holder);
    }
    this.#full.set(receiver, nowMs + fullMs);
    return undefined;
  }

  #leaseOf(name: string, holder: string): Lease {
    const isOurs = {expression: '#holder = :holder', attributes: ['holder'], values: {holder: {S: holder}}};
    let sinceMs = this.#now();
    return {
      renewed: async () => {
        const nowMs = this.#now();
        if (nowMs - sinceMs <= renewAfterMs) return true;
        sinceMs = nowMs;
        return (await this.#put(name, holder, isOurs)) === true;
      },
      giveBack: () => this.#return(name, isOurs),
    };
  }

  /** @returns undefined where the table fails */
  async #put(name: string, holder: string, condition: Condition): Promise<boolean | undefined> {
    try {
      const expiresMs = this.#now() + leaseMs;
      return (await this.#list.put(name, {holder: {S: holder}}, expiresMs, condition)).done;
    } catch (error) {
      this.#failed(error);
      return undefined;
    }
  }

  /** Settles when no lease is being given back. */
  async returned(): Promise<void> {
    await Promise.all(this.#returning);
  }

  #return(name: string, isOurs: Condition): void {
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

/** At random, so that environments seldom ask for the same. */
function somePlaces(most: number): readonly number[] {
  const places = new Set<number>();
  while (places.size < Math.min(most, mostTries)) places.add(Math.floor(Math.random() * most));
  return [...places];
}
