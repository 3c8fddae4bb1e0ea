// What the local cloud keeps on disk holds mail and passwords: nobody else on the machine reads it, whatever the
// umask is, and whatever modes a version before gave it.

import {chmodSync, closeSync, mkdirSync, openSync, readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';

const privateDirectory = 0o700;
export const privateFile = 0o600;

/**
 * Makes a directory, and takes from others what they may do to the files in it that are ours.
 * One that holds somebody else's things too keeps its own mode: it may be a home directory, or /tmp.
 * @throws NodeJS.ErrnoException when there is something else in its place, or it belongs to somebody else
 */
export function openPrivateDirectory(path: string, isOurs: (name: string) => boolean): void {
  const created = mkdirSync(path, {recursive: true, mode: privateDirectory}) !== undefined;
  if (created) restrict(path, privateDirectory);
  const entries = readdirSync(path, {withFileTypes: true});
  const ours = entries.filter(({name}) => isOurs(name));
  for (const {name} of ours.filter(entry => entry.isFile())) restrict(join(path, name), privateFile);
  if (ours.length === entries.length) restrict(path, privateDirectory);
}

/** A file that is there and private before anything is written into it. */
export function createPrivateFile(path: string): void {
  closeSync(openSync(path, 'a', privateFile));
  restrict(path, privateFile);
}

function restrict(path: string, mode: number): void {
  if ((statSync(path).mode & 0o7777) !== mode) chmodSync(path, mode);
}
