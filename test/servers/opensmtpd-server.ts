// An OpenSMTPD of its own, run from where its package was unpacked ($RELAYQ_OPENSMTPD): AUTH over STARTTLS and over
// implicit TLS. Socket, spool and delivery programs are compiled in, so that there can be one at a time:
// whoever starts one waits for those of other tests to end.

import {execFile} from 'node:child_process';
import {chmod, copyFile, rm, stat, writeFile} from 'node:fs/promises';
import net from 'node:net';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {promisify} from 'node:util';
import {fixturePath} from '../fixtures/fixture.ts';
import type {ServerKind} from './mail-server.ts';
import {freePort, isExecutable, isRoot, makeDirectories, startServer} from './server-process.ts';

const unpacked = process.env.RELAYQ_OPENSMTPD;
const program = `${unpacked}/usr/sbin/smtpd`;
/** These paths are compiled in. */
const deliveryPrograms = '/usr/libexec/opensmtpd';
const spool = '/var/spool/smtpd';
const socket = '/var/run/smtpd.sock';

const run = promisify(execFile);
const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Implicit TLS is only on port 465; nobody else listens on this address. */
const smtps = {hostname: '127.0.0.165', port: 465};
const smarthostCredentials = {username: 'smart-user', password: 'smart-password'};
const sinkCredentials = {username: 'sink-user', password: 'sink-password'};

async function passwordTable(name: string, {username, password}: typeof sinkCredentials): Promise<string> {
  const {stdout} = await run(join(deliveryPrograms, 'encrypt'), [password]);
  return `table ${name} { "${username}" = "${stdout.trim()}" }`;
}

const smtpdConf = async (directory: string, mx: number, submission: number, sink: number) => `
pki localhost cert "${directory}/localhost.crt"
pki localhost key "${directory}/localhost.key"
${await passwordTable('smarthost', smarthostCredentials)}
${await passwordTable('sink', sinkCredentials)}
table everyone { "@" = "nobody" }
listen on 127.0.0.1 port ${mx} hostname localhost tls pki localhost
listen on 127.0.0.1 port ${submission} hostname localhost tls-require pki localhost auth <smarthost>
listen on 127.0.0.1 port ${sink} hostname localhost tls-require pki localhost auth <sink>
listen on ${smtps.hostname} port ${smtps.port} hostname localhost smtps pki localhost auth <smarthost>
action deliver maildir "${directory}/mail" virtual <everyone>
match from any for any action deliver
`;

/** A socket that a crash left behind is not in use. */
const isInUse = (path: string): Promise<boolean> =>
  new Promise(resolve => {
    const connection = net.connect(path, () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', () => resolve(false));
  });

/** Held by the process of a test for as long as its OpenSMTPD may run, and let go by the kernel at its end at the latest. */
const turn = {host: smtps.hostname, port: 19_465};

const holdTurn = (): Promise<net.Server | undefined> =>
  new Promise(resolve => {
    const server = net.createServer();
    server.once('error', () => resolve(undefined));
    server.listen(turn, () => resolve(server.unref()));
  });

async function takeTurn(): Promise<net.Server> {
  for (;;) {
    const held = await holdTurn();
    if (held) return held;
    await delay(50);
  }
}

/** One that no test has started: those of tests end. */
async function isAnotherRunning(): Promise<boolean> {
  const held = await holdTurn();
  if (held === undefined) return false;
  const inUse = await isInUse(socket);
  held.close();
  return inUse;
}

async function missing(): Promise<string | undefined> {
  if (unpacked === undefined) return 'RELAYQ_OPENSMTPD does not say where it is';
  if (!(await isExecutable(program))) return `not in ${unpacked}`;
  // It prints its usage and fails.
  const usage: string = await run(program, ['-h']).then(
    ({stderr}) => stderr,
    ({stderr}) => stderr,
  );
  if (/OpenSMTPD [0-6]\./.test(usage)) return 'before version 7 it fails in TLS with OpenSSL 3';
  if (!isRoot) return 'only root can start it';
  if (!(await exists(deliveryPrograms))) return `${deliveryPrograms} is not there`;
  return (await isAnotherRunning()) ? 'one is running' : undefined;
}

export const openSmtpd: ServerKind = {
  name: 'OpenSMTPD',
  missing: await missing(),
  async start() {
    const held = await takeTurn();
    const {directory, mailDirectory} = await makeDirectories('opensmtpd');
    for (const name of ['localhost.crt', 'localhost.key'])
      await copyFile(fixturePath(name), join(directory, name));
    // It refuses a key that others may read, as they may after a checkout.
    await chmod(join(directory, 'localhost.key'), 0o600);
    const [mxPort, submissionPort, sinkPort] = [await freePort(), await freePort(), await freePort()];
    const configuration = join(directory, 'smtpd.conf');
    await writeFile(configuration, await smtpdConf(directory, mxPort, submissionPort, sinkPort));
    const spoolIsOurs = !(await exists(spool));
    const server = await startServer([program, '-d', '-f', configuration], {directory, port: mxPort});
    return {
      mxPort,
      smarthost: {hostname: '127.0.0.1', port: submissionPort, ...smarthostCredentials},
      smtps: {...smtps, ...smarthostCredentials},
      sink: {hostname: '127.0.0.1', port: sinkPort, ...sinkCredentials},
      mailDirectory,
      async stop() {
        await server.stop();
        if (spoolIsOurs) await rm(spool, {recursive: true, force: true});
        held.close();
        await rm(directory, {recursive: true});
      },
    };
  },
};
