// The files of the page. The package has them; in the checkout esbuild makes them of console/ when they are first wanted.

import {readdir, readFile} from 'node:fs/promises';
import {extname, join} from 'node:path';
import {fileURLToPath} from 'node:url';
import type {Reply} from './reply.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** By name. Nothing else is served, whatever a request names. */
type Files = ReadonlyMap<string, Uint8Array>;

interface Bundler {
  bundledPage(folder: string): Promise<Files>;
}

/** The package holds what these files are compiled to, and the page beside it. */
const isPackage = import.meta.url.endsWith('.js');
const ownFolder = fileURLToPath(new URL('../../console', import.meta.url));

export class PageFiles {
  readonly #folder: string;
  readonly #isMade: boolean;
  #files: Promise<Files> | undefined;

  /** @param made a folder with the files as they are served; without it the page of this version */
  constructor(made?: string) {
    this.#folder = made ?? ownFolder;
    this.#isMade = made !== undefined || isPackage;
  }

  /** Undefined where there is no such file. */
  async reply(path: string): Promise<Reply | undefined> {
    const name = path === '/' ? 'index.html' : path.slice(1);
    const type = types[extname(name)];
    if (type === undefined) return undefined;
    this.#files ??= this.#read();
    const files = await this.#files.catch((error: Error) => {
      // It may be put right meanwhile.
      this.#files = undefined;
      throw error;
    });
    const body = files.get(name);
    return body && {status: 200, headers: {'content-type': type}, body};
  }

  async #read(): Promise<Files> {
    if (this.#isMade) return filesIn(this.#folder);
    // It is not in the package, nor is what it needs: so the compiler must not follow it there.
    const {href} = new URL('./page-bundle.ts', import.meta.url);
    const {bundledPage} = (await import(href)) as Bundler;
    return bundledPage(this.#folder);
  }
}

async function filesIn(folder: string): Promise<Files> {
  const names = (await readdir(folder)).filter(name => types[extname(name)] !== undefined);
  const read = names.map(async name => [name, await readFile(join(folder, name))] as const);
  return new Map(await Promise.all(read));
}
