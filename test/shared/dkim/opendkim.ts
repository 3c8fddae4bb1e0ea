// OpenDKIM, which many mail servers verify with, where it is installed.

import {spawnSync} from 'node:child_process';
import {accessSync, constants, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Records} from './verifiers.ts';

const program = '/usr/sbin/opendkim';

export const isMissing = ((): boolean => {
  try {
    accessSync(program, constants.X_OK);
    return false;
  } catch {
    return true;
  }
})();

/** Whether it verifies the one signature of each message. It reads files, and the DNS from a file. */
export function opendkimVerifies(messages: readonly Buffer[], records: Records): readonly boolean[] {
  const directory = mkdtempSync(join(tmpdir(), 'relayq-opendkim-'));
  try {
    const keys = join(directory, 'keys');
    const configuration = join(directory, 'configuration');
    writeFileSync(keys, [...records].map(([name, text]) => `${name} ${text}\n`).join(''));
    writeFileSync(configuration, `Mode v\nTestPublicKeys ${keys}\nSyslog no\nOn-Default accept\n`);
    const files = messages.map((message, index) => {
      const file = join(directory, `${index}.eml`);
      writeFileSync(file, message);
      return file;
    });
    const {stdout, stderr, error} = spawnSync(program, ['-x', configuration, '-t', files.join(',')], {
      encoding: 'utf8',
    });
    if (error) throw error;
    const succeeded = /\/(\d+)\.eml: verification \(.*\) succeeded$/gm;
    const indices = new Set(
      [...`${stdout}\n${stderr}`.matchAll(succeeded)].map(([, index]) => Number(index)),
    );
    return messages.map((_, index) => indices.has(index));
  } finally {
    rmSync(directory, {recursive: true});
  }
}
