// What survives a restart: collections of JSON values by key, in one SQLite file. It knows nothing of what it
// keeps. Writes of one turn of the event loop are one transaction, on disk before anything can be answered.

import {mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';

export interface Store {
  /** In the order of the keys. */
  entries(collection: string): Iterable<[string, unknown]>;
  put(collection: string, key: string, value: unknown): void;
  remove(collection: string, key: string): void;
  close(): void;
}

/** A second process on the same directory is refused: each would undo the other's writes. */
export function openStore(directory: string): Store {
  mkdirSync(directory, {recursive: true});
  const path = join(directory, 'relayq.sqlite');
  const database = new DatabaseSync(path);
  try {
    // In WAL mode, synchronous NORMAL survives a killed process; a power cut may take the last writes, no more
    // (sqlite.org, "PRAGMA synchronous").
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      CREATE TABLE IF NOT EXISTS entry (
        collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (collection, key)
      );
    `);
  } catch (error) {
    database.close();
    throw new Error(`${path} cannot be opened: ${(error as Error).message}`, {cause: error});
  }
  const select = database.prepare('SELECT key, value FROM entry WHERE collection = ? ORDER BY key');
  const upsert = database.prepare(
    'INSERT INTO entry VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const erase = database.prepare('DELETE FROM entry WHERE collection = ? AND key = ?');

  const commit = () => {
    if (database.isOpen && database.isTransaction) database.exec('COMMIT');
  };
  // A microtask runs before any socket is written to, and before anyone who awaits learns of the outcome.
  const begin = () => {
    if (database.isTransaction) return;
    database.exec('BEGIN');
    queueMicrotask(commit);
  };

  return {
    entries: collection =>
      select
        .all(collection)
        .map(({key, value}): [string, unknown] => [String(key), JSON.parse(String(value))]),
    put(collection, key, value) {
      begin();
      upsert.run(collection, key, JSON.stringify(value));
    },
    remove(collection, key) {
      begin();
      erase.run(collection, key);
    },
    close() {
      commit();
      database.close();
    },
  };
}
