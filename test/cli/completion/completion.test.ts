// The scripts in the shells that they are for, as far as these are installed.

import {execFile, spawnSync} from 'node:child_process';
import {chmod, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {projectRoot} from '../../global-setup.ts';

const run = promisify(execFile);
const isInstalled = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'relayq-completion-'));
  const program = `#!/bin/sh\nexec '${process.execPath}' '${join(projectRoot, 'cli/relayq.ts')}' "$@"\n`;
  await writeFile(join(directory, 'relayq'), program);
  await chmod(join(directory, 'relayq'), 0o755);
  await writeFile(join(directory, 'mail one.eml'), '');
});
afterAll(() => rm(directory, {recursive: true}));

/** What a shell makes of words, of which the last one is to be completed. */
const inShell: Readonly<Record<string, (words: readonly string[]) => string>> = {
  bash: words =>
    `source <(relayq completion bash); COMP_WORDS=(relayq ${words.map(quoted).join(' ')}); COMP_CWORD=${words.length}
     _relayq; printf '%s\n' "\${COMPREPLY[@]}"`,
  // Its completion system works only while somebody presses Tab: what it is told is shown.
  zsh: words =>
    `compdef() {}; _describe() { print -l -- \${(P)2} }; _files() { print -l -- * }
     source <(relayq completion zsh); words=(relayq ${words.map(quoted).join(' ')}); CURRENT=\${#words}; _relayq; true`,
  fish: words =>
    `relayq completion fish | source; complete -C ${quoted(`relayq ${words.join(' ')}`)} | string replace -r '\\t.*' ''; true`,
};
const quoted = (text: string): string => `'${text}'`;

async function complete(shell: string, ...words: readonly string[]): Promise<string> {
  const env = {
    ...process.env,
    PATH: `${directory}${delimiter}${process.env.PATH}`,
    HOME: directory,
    TERM: 'xterm',
  };
  const {stdout} = await run(shell, ['-c', inShell[shell]!(words)], {cwd: directory, env, timeout: 60_000});
  return stdout;
}

const shells = ['bash', 'zsh', 'fish'].map(shell => ({
  shell,
  title: isInstalled(shell) ? shell : `${shell} (skipped: it is not installed)`,
}));

describe.each(shells)('completion in $title', ({shell, title}) => {
  it.skipIf(title !== shell).each([
    ['commands', ['d'], ['dead-letters'], ['status']],
    ['commands of a command', ['dead-letters', 're'], ['redrive'], ['list']],
    [
      'options of a command, and those that all have',
      ['tail', '--'],
      ['--since', '--stage', '--help'],
      ['--wait'],
    ],
    ['values of an option', ['tail', '--fate', ''], ['bounced', 'deferred'], ['mail']],
    ['files where files are wanted', ['send', '--wait', 'm'], ['one.eml'], ['status']],
    ['nothing else where they are not', ['dead-letters', 'show', 'm'], [], ['mail']],
  ])('knows %s', async (_, words, wanted, others) => {
    const shown = await complete(shell, ...words);
    for (const word of wanted) expect(shown).toContain(word);
    for (const word of others) expect(shown).not.toContain(word);
  });
});

it('refuses a shell that it does not know', async () => {
  const asked = run(join(directory, 'relayq'), ['completion', 'tcsh']);
  await expect(asked).rejects.toMatchObject({code: 2, stderr: expect.stringContaining('bash, zsh, fish')});
});
