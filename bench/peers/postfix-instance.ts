// A Postfix of the benchmark's own on loopback, with configuration, queue and log in a directory of its own. It needs
// root, as Postfix does, and touches nothing of a Postfix that the machine may have.

import {execFile, spawn} from 'node:child_process';
import {once} from 'node:events';
import {chmod, chown, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {promisify} from 'node:util';
import type {Reaper} from '../../local/lambda/reaper.ts';
import {freePort, isListening} from '../free-port.ts';
import {programOf} from '../programs.ts';

const run = promisify(execFile);

/** Debian's services without those for mailboxes and content filters. None runs in a chroot: it would be empty. */
const services = `
pickup    unix n - n 60 1 pickup
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
tlsmgr    unix - - n 1000? 1 tlsmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
flush     unix n - n 1000? 0 flush
proxymap  unix - - n - - proxymap
smtp      unix - - n - - smtp
relay     unix - - n - - smtp
showq     unix n - n - - showq
error     unix - - n - - error
retry     unix - - n - - error
discard   unix - - n - - discard
anvil     unix - - n - 1 anvil
scache    unix - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
`;

export class PostfixInstance {
  /** The port of its smtpd. */
  readonly port: number;
  /** The process group and the session of all its processes. */
  readonly master: number;
  readonly #directory: string;
  readonly #reaper: Reaper;

  /** Why there can be none here; undefined when there can. */
  static unfit(): string | undefined {
    const missing = ['postfix', 'postsuper', 'postqueue', 'smtp-source'].filter(name => !programOf(name));
    if (missing.length > 0) return `not installed: ${missing.join(', ')}`;
    return process.getuid?.() === 0 ? undefined : 'Postfix needs root';
  }

  /** @param directory an empty one of the benchmark's own, which the reaper removes */
  static async start(
    directory: string,
    settings: readonly string[],
    reaper: Reaper,
  ): Promise<PostfixInstance> {
    const port = await freePort();
    await writeConfiguration(directory, port, settings);
    await postfix(directory, 'start');
    const master = await masterOf(directory);
    reaper.watch(master);
    while (!(await isListening(port))) await delay(20);
    return new PostfixInstance(directory, port, master, reaper);
  }

  private constructor(directory: string, port: number, master: number, reaper: Reaper) {
    this.#directory = directory;
    this.port = port;
    this.master = master;
    this.#reaper = reaper;
  }

  /** Releases all mail that is on hold. @param released called as soon as it may be sent */
  async release(released: () => void): Promise<void> {
    await run(programOf('postsuper')!, ['-c', this.#directory, '-H', 'ALL']);
    released();
    await run(programOf('postqueue')!, ['-c', this.#directory, '-f']);
  }

  /** Kills it: nothing of it is kept, and an orderly stop takes seconds. */
  stop(): void {
    process.kill(-this.master, 'SIGKILL');
    this.#reaper.forget(this.master);
  }
}

async function writeConfiguration(
  directory: string,
  port: number,
  settings: readonly string[],
): Promise<void> {
  const queue = join(directory, 'queue');
  const data = join(directory, 'data');
  await mkdir(queue);
  await mkdir(data);
  // Its daemons run as another user, who must be able to enter, and who owns what they write.
  await chmod(directory, 0o755);
  const {stdout: id} = await run('id', ['-u', 'postfix']);
  await chown(data, Number(id), 0);
  const main = [
    'compatibility_level = 3.6',
    `queue_directory = ${queue}`,
    `data_directory = ${data}`,
    `maillog_file = ${join(directory, 'mail.log')}`,
    `maillog_file_prefixes = ${directory}`,
    'myhostname = bench.localhost',
    'mydestination =',
    'alias_maps =',
    'alias_database =',
    'local_recipient_maps =',
    'inet_interfaces = 127.0.0.1',
    'inet_protocols = ipv4',
    'mynetworks = 127.0.0.0/8',
    'smtpd_relay_restrictions = permit_mynetworks, reject',
    'smtpd_client_connection_count_limit = 0',
    'smtputf8_enable = no',
    ...settings,
  ];
  await writeFile(join(directory, 'main.cf'), `${main.join('\n')}\n`);
  await writeFile(join(directory, 'master.cf'), `127.0.0.1:${port} inet n - n - - smtpd${services}`);
}

/** Runs `postfix COMMAND`. Its output goes to its log, and into the error when it fails. */
async function postfix(directory: string, command: string): Promise<void> {
  const child = spawn(programOf('postfix')!, ['-c', directory, command], {stdio: 'ignore'});
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === 0) return;
  const log = await readFile(join(directory, 'mail.log'), 'utf8').catch(() => '');
  throw new Error(`postfix ${command}: exit status ${code}\n${log.split('\n').slice(-12).join('\n')}`);
}

async function masterOf(directory: string): Promise<number> {
  const pid = await readFile(join(directory, 'queue', 'pid', 'master.pid'), 'utf8');
  return Number(pid.trim());
}
