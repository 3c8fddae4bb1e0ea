// Finds programs that may be installed: on the path, or where Debian keeps those for administrators.

import {accessSync, constants} from 'node:fs';
import {delimiter, join} from 'node:path';

export function programOf(name: string): string | undefined {
  const directories = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return directories.map(directory => join(directory, name)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
