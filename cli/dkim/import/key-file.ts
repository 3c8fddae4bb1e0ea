// Files with keys: bounded, and with a warning where others can read them.

import {createReadStream} from 'node:fs';
import {readdir, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {type Parsed, right, wrong} from '../../../shared/parsed.ts';

/** Tens of thousands of keys in one file have less. */
const mostOctets = 64 * 1024 * 1024;
const mostFiles = 20_000;
/** A folder for each domain, and in it one for each of something. */
const mostDepth = 3;
const readableByOthers = 0o004;

export interface KeyText {
  readonly text: string;
  readonly isOpen: boolean;
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EISDIR: 'is a folder',
  EACCES: 'may not be read by you',
};

/** What `<(…)` of a shell gives is read, too. */
export async function readKeyFile(path: string): Promise<Parsed<KeyText>> {
  try {
    const about = await stat(path);
    const chunks: Buffer[] = [];
    let octets = 0;
    for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
      octets += chunk.length;
      if (octets > mostOctets) return wrong(`has more than ${mostOctets} octets`);
      chunks.push(chunk);
    }
    const isOpen = about.isFile() && (about.mode & readableByOthers) !== 0;
    return right({text: Buffer.concat(chunks).toString(), isOpen});
  } catch (error) {
    const {code = '', message} = error as NodeJS.ErrnoException;
    return wrong(reasons[code] ?? message);
  }
}

/** Undefined where it is none. */
export const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() === true;

/** Hidden ones are left out, and links to folders are not followed. @throws Error where there are too many */
export async function filesBelow(folder: string, depth = 1): Promise<readonly string[]> {
  const found: string[] = [];
  const entries = await readdir(folder, {withFileTypes: true});
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.')) continue;
    const path = join(folder, entry.name);
    if (!entry.isDirectory()) found.push(path);
    else if (depth < mostDepth) found.push(...(await filesBelow(path, depth + 1)));
    if (found.length > mostFiles) throw new Error(`${folder} has more than ${mostFiles} files`);
  }
  return found;
}
