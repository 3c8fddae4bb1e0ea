// Makes sure that nothing outlives the cloud, even when the cloud is killed. A shell holds the other end of a pipe. When the
// pipe closes, it kills the execution environments and removes their files. An environment that is frozen or busy could
// not notice by itself that the cloud is gone.

import {spawn} from 'node:child_process';
import {once} from 'node:events';

export interface Reaper {
  /** From now on the process group of this pid dies with the cloud. */
  watch(pid: number): void;
  forget(pid: number): void;
  /** Kills what is still watched and removes the directory. */
  close(): Promise<void>;
}

// A Ctrl-C goes to the whole process group of a terminal. So the reaper has its own group (detached), and ignores the
// signals that would end it too early.
const script = `
trap '' HUP INT TERM
pids=
while read -r order pid; do
  kept=
  for known in $pids; do [ "$known" = "$pid" ] || kept="$kept $known"; done
  pids=$kept
  [ "$order" = watch ] && pids="$pids $pid"
done
for pid in $pids; do kill -9 "-$pid"; done
rm -rf -- "$1"
`;

/** @param directory removed when the cloud is gone */
export function startReaper(directory: string): Reaper {
  const shell = spawn('/bin/sh', ['-c', script, 'relayq-reaper', directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const closed = once(shell, 'close');
  // Without a reaper the cloud still works, and its own stop() stops what it started.
  shell.stdin.on('error', () => undefined);
  shell.on('error', () => undefined);
  shell.unref();
  return {
    watch: pid => void shell.stdin.write(`watch ${pid}\n`),
    forget: pid => void shell.stdin.write(`forget ${pid}\n`),
    close: async () => {
      // The process must not end while somebody waits for this.
      shell.ref();
      shell.stdin.end();
      await closed.catch(() => undefined);
    },
  };
}
