// The files of a submission server: who may send, and its certificate. They are read again when they change.

import {readFile, stat} from 'node:fs/promises';
import {createSecureContext} from 'node:tls';
import {type Clients, parseClients} from '../../submission/smtp/clients.ts';
import type {Certificate} from '../../submission/smtp/submission-server.ts';
import {UsageError} from '../command/problems.ts';

export interface FileNames {
  readonly clients?: string;
  readonly certificate?: string;
  readonly key?: string;
}

const everyMs = 5_000;
/** More is no list of clients, and no certificate. */
const mostOctets = 10_000_000;

export class SubmissionFiles {
  readonly #names: FileNames;
  #times: string;
  clients: Clients | undefined;
  certificate: Certificate | undefined;

  private constructor(names: FileNames, times: string) {
    this.#names = names;
    this.#times = times;
  }

  /** @throws UsageError that says which file is wrong, and how */
  static async read(names: FileNames): Promise<SubmissionFiles> {
    const files = new SubmissionFiles(names, await timesOf(names));
    await files.#read();
    return files;
  }

  async #read(): Promise<void> {
    const {clients, certificate, key} = this.#names;
    const read = clients === undefined ? undefined : await clientsIn(clients);
    if (certificate !== undefined && key !== undefined)
      this.certificate = await certificateIn(certificate, key);
    this.clients = read;
  }

  /** Looks at them every few seconds. While one is wrong, what was read before goes on. */
  watch({onRenewed, onProblem}: {onRenewed(): void; onProblem(problem: string): void}): {close(): void} {
    const look = async () => {
      try {
        const times = await timesOf(this.#names);
        if (times === this.#times) return;
        this.#times = times;
        await this.#read();
        onRenewed();
      } catch (error) {
        onProblem((error as Error).message);
      }
    };
    const timer = setInterval(() => void look(), everyMs);
    timer.unref();
    return {close: () => clearInterval(timer)};
  }
}

async function timesOf(names: FileNames): Promise<string> {
  const files = Object.values(names as Record<string, string>);
  const times = files.map(async name => (await stat(name).catch(() => undefined))?.mtimeMs);
  return JSON.stringify(await Promise.all(times));
}

/** @param name `env:NAME` is a variable of the environment */
async function textOf(name: string): Promise<string> {
  if (name.startsWith('env:')) {
    const text = process.env[name.slice('env:'.length)];
    if (!text) throw new UsageError(`${name} is not set`);
    return text;
  }
  try {
    const {size} = await stat(name);
    if (size > mostOctets) throw new Error('it is too large');
    return await readFile(name, 'utf8');
  } catch (error) {
    throw new UsageError(`${name} cannot be read: ${(error as Error).message}`);
  }
}

async function clientsIn(name: string): Promise<Clients> {
  const parsed = parseClients(await textOf(name));
  if (!parsed.ok) throw new UsageError(`${name}: ${parsed.problem}`);
  return parsed.value;
}

async function certificateIn(certificate: string, keyName: string): Promise<Certificate> {
  const [cert, key] = [await textOf(certificate), await textOf(keyName)];
  try {
    createSecureContext({cert, key});
  } catch {
    // What OpenSSL says may quote the key.
    throw new UsageError(`${certificate} and ${keyName} are not a certificate and its key, in PEM`);
  }
  return {cert, key};
}
