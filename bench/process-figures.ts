// What a process has used so far, as Linux reports it (proc(5)): CPU time and peak memory.

import {readdirSync, readFileSync} from 'node:fs';

/** USER_HZ: 100 on every Linux that Node.js runs on. */
const ticksPerSecond = 100;

/** The fields of /proc/PID/stat from the third on. The second is a name, which may hold blanks and brackets. */
function statOf(pid: number | 'self'): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

const secondsOf = (fields: readonly string[], from: number, to: number): number =>
  fields.slice(from, to).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;

/**
 * What its threads have run for, in nanoseconds (schedstat), where the kernel keeps account of it: a run of a second is
 * no more than some ten ticks. Else utime and stime. NaN where the system does not report them, or the process is gone.
 */
export function cpuSecondsOf(pid: number): number {
  const precise = threadSecondsOf(pid);
  if (precise !== undefined) return precise;
  const fields = statOf(pid);
  return fields === undefined ? Number.NaN : secondsOf(fields, 11, 13);
}

/** undefined where the kernel keeps no such account. The threads of Node.js live as long as their process. */
function threadSecondsOf(pid: number): number | undefined {
  let nanoseconds = 0;
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`))
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    return undefined;
  }
  return nanoseconds > 0 ? nanoseconds / 1e9 : undefined;
}

/** The sum over all processes of a session and the children they waited for: a server and its helpers. */
export function sessionCpuSecondsOf(session: number): number {
  let seconds = 0;
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const fields = statOf(Number(entry));
    if (fields !== undefined && Number(fields[3]) === session) seconds += secondsOf(fields, 11, 15);
  }
  return seconds;
}

/** VmHWM, the peak resident set. NaN where the system does not report it. */
export function peakMBOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const [, kB] = /^VmHWM:\s+(\d+) kB/m.exec(status) ?? [];
    return Number(kB) / 1024;
  } catch {
    return Number.NaN;
  }
}
