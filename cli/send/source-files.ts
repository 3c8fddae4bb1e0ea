// The files that a command line names. For a folder these are the messages in it, at any depth.

import {readdir, readFile, stat} from 'node:fs/promises';
import {join} from 'node:path';
import {buffer} from 'node:stream/consumers';
import {FileProblem} from './message-files.ts';

/** In a folder, hidden files and files with other names are left out. */
const isMessage = (name: string): boolean => /^[^.].*\.(?:eml|json|jsonl|ndjson)$/i.test(name);

/** In the order of their names. @throws FileProblem for a path that leads nowhere or to a folder without messages */
export async function filesOf(path: string): Promise<readonly string[]> {
  if (path === '-') return [path];
  const {isFolder} = await lookAt(path);
  if (!isFolder) return [path];
  const files = await filesIn(path);
  if (files.length > 0) return files;
  throw new FileProblem(path, 'is a folder without a file whose name ends in .eml, .json, .jsonl or .ndjson');
}

/** `-` is the standard input. @throws FileProblem */
export const octetsOfFile = (path: string): Promise<Buffer> =>
  path === '-' ? buffer(process.stdin) : readFile(path).catch(explain(path));

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, {withFileTypes: true}).catch(explain(folder));
  const found: string[] = [];
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.')) continue;
    // A link to a folder is not followed: it could lead in a circle.
    if (entry.isDirectory()) found.push(...(await filesIn(path)));
    else if (isMessage(entry.name) && !(await lookAt(path)).isFolder) found.push(path);
  }
  return found;
}

const lookAt = async (path: string): Promise<{readonly isFolder: boolean}> => ({
  isFolder: (await stat(path).catch(explain(path))).isDirectory(),
});

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'is a directory',
  EACCES: 'permission denied',
};

const explain = (path: string) => (error: NodeJS.ErrnoException) => {
  throw new FileProblem(path, reasons[error.code ?? ''] ?? error.message);
};
