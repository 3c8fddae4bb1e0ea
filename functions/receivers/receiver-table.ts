// The entries of receivers in trouble, where all environments see them. Each write counts only if nobody else has written
// meanwhile.

import type {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import {type Entry, expiresMs} from '../../shared/delivery/receivers/entry.ts';
import {stateExpiry} from '../../shared/names.ts';
import {type Condition, type Item, ListTable} from './list-table.ts';

/** An entry as it was read or written. */
export interface Stored {
  /** It grows by one with each write; 0 is for what could not be written yet. */
  readonly version: number;
  /** Undefined where it means nothing any more, though it is still there. */
  readonly entry: Entry | undefined;
}

export class ReceiverTable {
  readonly #list: ListTable;

  constructor(client: DynamoDBClient, tableName: string) {
    this.#list = new ListTable(client, tableName, 'receivers');
  }

  /** By receiver. @throws Error when the table cannot be read */
  async all(nowMs: number): Promise<ReadonlyMap<string, Stored>> {
    const all = (await this.#list.items()).map(item => storedOf(item, nowMs));
    return new Map(all.flatMap(stored => (stored?.entry ? [[stored.entry.receiver, stored]] : [])));
  }

  /**
   * Replaces an entry; undefined removes it.
   * @param before what it was, as far as is known
   * @returns what is there now, and whether the write counts
   * @throws Error when the table cannot be written to
   */
  async replace(
    receiver: string,
    before: Stored | undefined,
    entry: Entry | undefined,
    nowMs: number,
  ): Promise<{readonly done: boolean; readonly stored: Stored | undefined}> {
    const {version = 0} = before ?? {};
    const unchanged: Condition =
      version > 0
        ? {
            expression: '#version = :version',
            attributes: ['version'],
            values: {version: {N: String(version)}},
          }
        : {expression: 'attribute_not_exists(#version)', attributes: ['version']};
    const stored = entry && {version: version + 1, entry};
    const {done, found} = await (stored === undefined
      ? this.#list.remove(receiver, unchanged)
      : this.#list.put(receiver, itemOf(stored), expiresMs(stored.entry), unchanged));
    return {done, stored: done ? stored : found && storedOf(found, nowMs)};
  }
}

const itemOf = ({version, entry}: Stored): Item => ({
  version: {N: String(version)},
  entry: {S: JSON.stringify(entry)},
});

/** What another version has written, and this one cannot read, is as good as no entry. */
function storedOf({version, entry: text, [stateExpiry]: expiry}: Item, nowMs: number): Stored | undefined {
  const stored = (entry?: Entry) => ({version: Number(version?.N), entry});
  if (version?.N === undefined) return undefined;
  if (Number(expiry?.N ?? 0) * 1000 <= nowMs) return stored();
  try {
    const entry = JSON.parse(text?.S ?? '') as Entry;
    const isEntry = typeof entry.receiver === 'string' && typeof entry.signMs === 'number';
    return stored(isEntry ? entry : undefined);
  } catch {
    return stored();
  }
}
