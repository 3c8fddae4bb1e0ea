// Files that hold mail and passwords: nobody else on the machine can read them, whatever the umask is, and whatever modes
// an earlier version gave them.

import {chmodSync, closeSync, mkdirSync, openSync, readdirSync, statSync} from 'node:fs';
import {join} from 'node:path';

const privateDirectory = 0o700;
export const privateFile = 0o600;

/**
 * Makes a directory, and takes from others all rights to our files in it. A directory that also holds other files keeps
 * its own mode: it may be a home directory, or /tmp.
 * @throws NodeJS.ErrnoException when something else is in its place, or when it belongs to somebody else
 */
export function openPrivateDirectory(path: string, isOurs: (name: string) => boolean): void {
  const created = mkdirSync(path, {recursive: true, mode: privateDirectory}) !== undefined;
  if (created) restrict(path, privateDirectory);
  const entries = readdirSync(path, {withFileTypes: true});
  const ours = entries.filter(({name}) => isOurs(name));
  for (const {name} of ours.filter(entry => entry.isFile())) restrict(join(path, name), privateFile);
  if (ours.length === entries.length) restrict(path, privateDirectory);
}

/** Makes a file private before anything is written into it. */
export function createPrivateFile(path: string): void {
  closeSync(openSync(path, 'a', privateFile));
  restrict(path, privateFile);
}

function restrict(path: string, mode: number): void {
  if ((statSync(path).mode & 0o7777) !== mode) chmodSync(path, mode);
}
