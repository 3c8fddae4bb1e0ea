// What survives a restart: collections of JSON values by key, in one SQLite file. All writes of one turn of the event
// loop are one transaction, which is on disk before any request is answered.

import {join} from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {createPrivateFile, openPrivateDirectory} from './private-files.ts';
import {OfLaterVersion, storeProblemOf} from './store-problem.ts';

export interface Store {
  /** In the order of the keys. */
  entries(collection: string): Iterable<[string, unknown]>;
  put(collection: string, key: string, value: unknown): void;
  remove(collection: string, key: string): void;
  /** Removes all keys up to that one, and it too. */
  removeThrough(collection: string, lastKey: string): void;
  close(): void;
}

const fileName = 'relayq.sqlite';
/** The other thing in the data directory: the sink's mail. */
const mailDirectory = 'mail';

export const mailDirectoryOf = (dataDirectory: string): string => join(dataDirectory, mailDirectory);

/** The format of the file. A file of a later version is left alone. The first versions wrote 0. */
const format = 1;

/**
 * Refuses a second process on the same directory: each would undo the other's writes.
 * @throws Error in one line for the person who named the directory
 */
export function openStore(directory: string): Store {
  try {
    return open(directory);
  } catch (error) {
    throw new Error(`the data directory ${directory} ${storeProblemOf(error)}`, {cause: error});
  }
}

function open(directory: string): Store {
  openPrivateDirectory(directory, name => name.startsWith(fileName) || name === mailDirectory);
  const path = join(directory, fileName);
  createPrivateFile(path);
  const database = new DatabaseSync(path);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    const written = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (written > format) throw new OfLaterVersion();
    // In WAL mode with synchronous NORMAL, a killed process loses nothing, and a power cut only the last writes
    // (sqlite.org, "PRAGMA synchronous").
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA user_version = ${format};
      CREATE TABLE IF NOT EXISTS entry (
        collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (collection, key)
      );
    `);
  } catch (error) {
    database.close();
    throw error;
  }
  const select = database.prepare('SELECT key, value FROM entry WHERE collection = ? ORDER BY key');
  const upsert = database.prepare(
    'INSERT INTO entry VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
  );
  const erase = database.prepare('DELETE FROM entry WHERE collection = ? AND key = ?');

  const eraseThrough = database.prepare('DELETE FROM entry WHERE collection = ? AND key <= ?');

  const commit = () => {
    if (database.isOpen && database.isTransaction) database.exec('COMMIT');
  };
  // A microtask runs before any socket is written to, and before anyone who waits learns the outcome.
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
    removeThrough(collection, lastKey) {
      begin();
      eraseThrough.run(collection, lastKey);
    },
    close() {
      commit();
      database.close();
    },
  };
}
