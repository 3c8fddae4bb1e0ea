// A server as a child process: started until it greets, stopped until it is gone. Knows nothing of mail but `220`.

import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {constants} from 'node:fs';
import {access, chmod, chown, mkdir, mkdtemp, open, readFile} from 'node:fs/promises';
import net from 'node:net';
import {tmpdir} from 'node:os';
import {delimiter, join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';

export const isRoot = process.getuid?.() === 0;

/** Debian's own programs come first. Servers are not on every user's PATH. */
const searched = ['/usr/bin', '/usr/sbin', ...(process.env.PATH ?? '').split(delimiter)];

export async function pathOf(program: string): Promise<string | undefined> {
  for (const directory of searched) {
    const path = join(directory, program);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

export const isExecutable = (path: string): Promise<boolean> =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

/** Debian's `nobody`: servers deliver as this user. */
export const nobody = 65_534;

/** A directory that servers can enter as any user, and in it one that `nobody` can write to. */
export async function makeDirectories(name: string): Promise<{directory: string; mailDirectory: string}> {
  const directory = await mkdtemp(join(tmpdir(), `relayq-${name}-`));
  await chmod(directory, 0o755);
  const mailDirectory = join(directory, 'mail');
  await mkdir(mailDirectory);
  if (isRoot) await chown(mailDirectory, nobody, nobody);
  return {directory, mailDirectory};
}

/** A free port of 127.0.0.1, below those that Linux hands out by itself, so that nobody takes it meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const server = net.createServer();
    const free = await new Promise<boolean>(resolve => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
    if (free) return port;
  }
}

export interface StartOptions {
  /** Where its log goes. */
  readonly directory: string;
  /** Where it greets once it is up. */
  readonly port: number;
  /** The process to end, where it is not the one that was started. */
  readonly pidOf?: () => Promise<number>;
}

export interface ServerProcess {
  stop(): Promise<void>;
}

export async function startServer(
  [program, ...args]: readonly [string, ...string[]],
  {directory, port, pidOf}: StartOptions,
): Promise<ServerProcess> {
  // A file: Node.js makes a pipe a socket, which Postfix cannot open.
  const logFile = join(directory, 'log');
  const log = await open(logFile, 'a');
  const child = spawn(program, args, {stdio: ['ignore', log.fd, log.fd]});
  const ended = once(child, 'exit').then(() => true);
  await log.close();
  const deadline = Date.now() + 300_000;
  while (!(await isGreeting(port))) {
    const failed = Date.now() > deadline || (await Promise.race([ended, delay(20, false)]));
    if (!failed) continue;
    child.kill();
    throw new Error(`${program} does not serve port ${port}:\n${await readFile(logFile, 'utf8')}`);
  }
  const pid = pidOf ? await pidOf() : child.pid!;
  const kill = () => void process.kill(pid);
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return {
    async stop() {
      if (child.exitCode === null && child.signalCode === null) kill();
      await ended;
    },
  };
}

const isGreeting = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = net.connect(port, '127.0.0.1');
    socket.setTimeout(5_000, () => socket.destroy());
    socket.once('data', data => {
      resolve(data.toString().startsWith('220'));
      socket.end('QUIT\r\n');
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
