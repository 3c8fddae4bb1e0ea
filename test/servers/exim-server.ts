// An Exim of its own, run from where its package was unpacked ($RELAYQ_EXIM): with STARTTLS, and AUTH for submission.

import {execFile} from 'node:child_process';
import {chown, copyFile, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {promisify} from 'node:util';
import {fixturePath} from '../fixtures/fixture.ts';
import type {ServerKind} from './mail-server.ts';
import {freePort, isExecutable, isRoot, makeDirectories, startServer} from './server-process.ts';

const unpacked = process.env.RELAYQ_EXIM;
const program = `${unpacked}/usr/sbin/exim4`;
/** It is compiled in. */
const user = 'Debian-exim';

const run = promisify(execFile);
const numberFrom = async (...args: readonly string[]) => Number((await run('id', args)).stdout);

async function childrenOf(pid: number): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.trim().split(' ').filter(Boolean).map(Number);
}

async function end(pid: number): Promise<void> {
  try {
    process.kill(pid);
    for (;;) {
      await delay(10);
      process.kill(pid, 0);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const credentials = {username: 'exim-user', password: 'exim-password'};

/** Nothing in it sends mail: nothing leaves this Exim. Everything runs as its own user, so that it need not be setuid. */
const configuration = (directory: string, mx: number, submission: number) => `
exim_path = ${program}
spool_directory = ${directory}/spool
log_file_path = ${directory}/log-%s
keep_environment =
deliver_drop_privilege
primary_hostname = localhost
local_interfaces = 127.0.0.1
daemon_smtp_ports = ${mx} : ${submission}
host_lookup =
rfc1413_hosts =
smtp_accept_max = 100
smtp_accept_queue_per_connection = 0
smtp_enforce_sync = true
smtputf8_advertise_hosts = *
tls_advertise_hosts = *
tls_certificate = ${directory}/localhost.crt
tls_privatekey = ${directory}/localhost.key
acl_smtp_rcpt = recipient
acl_smtp_data = accept
message_size_limit = 4M
begin acl
recipient:
  require verify = recipient
          condition = \${if or{{eq{$received_port}{${mx}}}{def:sender_host_authenticated}}}
  accept
begin routers
mailbox:
  driver = accept
  domains = example.org
  local_parts = to : jörg
  local_part_suffix = +*
  local_part_suffix_optional
  transport = maildir
begin transports
maildir:
  driver = appendfile
  user = ${user}
  directory = ${directory}/mail/to
  maildir_format
  return_path_add
  delivery_date_add
  envelope_to_add
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_advertise_condition = \${if and{{def:tls_in_cipher}{!eq{$received_port}{${mx}}}}}
  server_condition = \${if and{{eq{$auth2}{${credentials.username}}}{eq{$auth3}{${credentials.password}}}}}
  server_set_id = $auth2
`;

async function missing(): Promise<string | undefined> {
  if (unpacked === undefined) return 'RELAYQ_EXIM does not say where it is';
  if (!(await isExecutable(program))) return `not in ${unpacked}`;
  if (!isRoot) return 'only root can start it';
  const known = await numberFrom('-u', user).catch(() => undefined);
  return known === undefined ? `there is no user ${user}` : undefined;
}

export const exim: ServerKind = {
  name: 'Exim',
  missing: await missing(),
  async start() {
    const {directory, mailDirectory} = await makeDirectories('exim');
    const path = (name: string) => join(directory, name);
    for (const name of ['localhost.crt', 'localhost.key']) await copyFile(fixturePath(name), path(name));
    await mkdir(path('spool'));
    const [uid, gid] = [await numberFrom('-u', user), await numberFrom('-g', user)];
    const own = [directory, mailDirectory, path('spool'), path('localhost.key')];
    for (const name of own) await chown(name, uid, gid);
    const [mxPort, submissionPort] = [await freePort(), await freePort()];
    // Root's: Exim refuses one that others can write to.
    await writeFile(path('exim.conf'), configuration(directory, mxPort, submissionPort), {mode: 0o644});
    const server = await startServer([program, '-C', path('exim.conf'), '-bdf', '-oP', path('pid')], {
      directory,
      port: mxPort,
    });
    const smarthost = {hostname: '127.0.0.1', port: submissionPort, ...credentials};
    return {
      mxPort,
      smarthost,
      sink: smarthost,
      mailDirectory,
      async stop() {
        // Each has a connection. They would outlive the daemon, and make the directory anew for their log.
        for (const pid of await childrenOf(Number(await readFile(path('pid'), 'utf8')))) await end(pid);
        await server.stop();
        await rm(directory, {recursive: true});
      },
    };
  },
};
