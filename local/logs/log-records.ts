// The part of the store that belongs to one log group: its events, by number.

import type {Store} from '../store/store.ts';
import type {NumberedEvent} from './log-event.ts';

/** The groups themselves, by name. */
const groups = 'logs/groups';

interface StoredGroup {
  readonly creationTime: number;
  readonly retentionInDays?: number;
}

export class LogRecords {
  readonly #store: Store;
  readonly #collection: string;

  constructor(store: Store, groupName: string) {
    this.#store = store;
    this.#collection = `logs/events ${groupName}`;
  }

  /** Oldest first. */
  *events(): Iterable<NumberedEvent> {
    let number: number | undefined;
    for (const [key, value] of this.#store.entries(this.#collection)) {
      const [timestamp, stream, message] = value as readonly [number, string, string];
      // Numbers have no gaps, whatever has happened to the file.
      number = number === undefined ? Number(key) : number + 1;
      yield {timestamp, stream, message, number};
    }
  }

  put({number, timestamp, stream, message}: NumberedEvent): void {
    this.#store.put(this.#collection, keyOf(number), [timestamp, stream, message]);
  }

  dropThrough({number}: NumberedEvent): void {
    this.#store.removeThrough(this.#collection, keyOf(number));
  }
}

/** In the order of the numbers. */
const keyOf = (number: number): string => String(number).padStart(16, '0');

export const storedGroups = (store: Store | undefined): Iterable<[string, StoredGroup]> =>
  (store?.entries(groups) ?? []) as Iterable<[string, StoredGroup]>;

export function storeGroup(store: Store | undefined, name: string, group: StoredGroup): void {
  store?.put(groups, name, group);
}
