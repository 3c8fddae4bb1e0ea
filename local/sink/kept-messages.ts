// What the sink has taken: the newest messages in memory and, where there is a directory, all of them as NNNNNN.eml with a
// line each in index.jsonl.

import {appendFile, readdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {openPrivateDirectory, privateFile} from '../store/private-files.ts';

export interface SunkMessage {
  /** Counts from 1, across restarts when there is a directory. */
  readonly number: number;
  /** ISO 8601. */
  readonly received: string;
  /** MAIL FROM; empty for the null reverse-path. */
  readonly from: string;
  readonly to: readonly string[];
  /** The user name that the client gave with AUTH. */
  readonly user?: string;
  readonly tls: boolean;
  readonly size: number;
  /** What came after DATA, octet for octet, with the dots unstuffed (RFC 5321 4.5.2). */
  readonly raw: Buffer;
}

export type Arrival = Omit<SunkMessage, 'number' | 'size'>;

const maxInMemory = 1000;
const maxOctetsInMemory = 134_217_728;

export class KeptMessages {
  /** Oldest first. */
  readonly inMemory: SunkMessage[] = [];
  #octetsInMemory = 0;
  #lastNumber = 0;
  readonly #directory: string | undefined;
  #indexed: Promise<void> = Promise.resolve();

  private constructor(directory: string | undefined) {
    this.#directory = directory;
  }

  static async open(directory?: string): Promise<KeptMessages> {
    const kept = new KeptMessages(directory);
    if (directory !== undefined) await kept.#load(directory);
    return kept;
  }

  /** Settles when the message is written, so that it is found after a restart. */
  async keep(arrival: Arrival): Promise<SunkMessage> {
    this.#lastNumber += 1;
    const message = {number: this.#lastNumber, ...arrival, size: arrival.raw.length};
    if (this.#directory !== undefined) await this.#write(this.#directory, message);
    this.#remember(message);
    return message;
  }

  async #write(directory: string, {raw, ...facts}: SunkMessage): Promise<void> {
    await writeFile(join(directory, fileName(facts.number)), raw, {flag: 'wx', mode: privateFile});
    // One line after the other, as two at once could get mixed.
    const line = this.#indexed.then(() =>
      appendFile(join(directory, indexName), `${JSON.stringify(facts)}\n`, {mode: privateFile}),
    );
    this.#indexed = line.catch(() => {});
    await line;
  }

  #remember(message: SunkMessage): void {
    this.inMemory.push(message);
    this.#octetsInMemory += message.size;
    while (
      this.inMemory.length > maxInMemory ||
      (this.#octetsInMemory > maxOctetsInMemory && this.inMemory.length > 1)
    ) {
      this.#octetsInMemory -= this.inMemory.shift()!.size;
    }
  }

  async #load(directory: string): Promise<void> {
    openPrivateDirectory(directory, name => name === indexName || numberOf(name) > 0);
    const indexPath = join(directory, indexName);
    const index = await readFile(indexPath, 'utf8').catch(absent);
    // A process that was killed while it wrote leaves half a line. The next line must not be appended to it.
    if (index !== '' && !index.endsWith('\n')) await appendFile(indexPath, '\n');
    const files = await readdir(directory);
    // A file without a line is of a message that was never acknowledged. Its number is not used again.
    for (const file of files) this.#lastNumber = Math.max(this.#lastNumber, numberOf(file));
    const present = new Set(files);
    const entries = index
      .split('\n')
      .flatMap(entryOf)
      .filter(({number}) => present.has(fileName(number)));
    for (const entry of entries.slice(-maxInMemory)) {
      this.#remember({...entry, raw: await readFile(join(directory, fileName(entry.number)))});
    }
  }
}

const indexName = 'index.jsonl';

const fileName = (number: number): string => `${String(number).padStart(6, '0')}.eml`;

const numberOf = (file: string): number => Number(/^(\d{6,15})\.eml$/.exec(file)?.[1] ?? 0);

function entryOf(line: string): Omit<SunkMessage, 'raw'>[] {
  try {
    return line === '' ? [] : [JSON.parse(line)];
  } catch {
    return [];
  }
}

function absent(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}
