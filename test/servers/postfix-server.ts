// A Postfix of its own, from a configuration and a queue in a temporary directory: STARTTLS, and one mailbox.

import {execFile} from 'node:child_process';
import {chown, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';
import {fixturePath} from '../fixtures/fixture.ts';
import type {MailServer, ServerKind} from './mail-server.ts';
import {freePort, isRoot, makeDirectories, nobody, pathOf, startServer} from './server-process.ts';

const program = await pathOf('postfix');

/** In octets. */
export const messageSizeLimit = 100_000;

export interface Forwarding {
  /** Its mail is sent on. */
  readonly domain: string;
  /** To this port of 127.0.0.1. */
  readonly port: number;
}

const mainCf = (directory: string, mailDirectory: string) => `
compatibility_level = 3.6
queue_directory = ${directory}/queue
data_directory = ${directory}/data
maillog_file = /dev/stdout
myhostname = localhost
inet_interfaces = 127.0.0.1
mynetworks = 127.0.0.0/8
mydestination =
virtual_mailbox_domains = example.org
virtual_mailbox_base = ${mailDirectory}
virtual_mailbox_maps = inline:{ {to@example.org = to/} {jörg@example.org = to/} }
recipient_delimiter = +
virtual_uid_maps = static:${nobody}
virtual_gid_maps = static:${nobody}
smtpd_recipient_restrictions =
  check_recipient_access inline:{ {later@example.org = 450 4.2.0 Greylisted, try again} }
  permit_mynetworks reject_unauth_destination
message_size_limit = ${messageSizeLimit}
smtpd_tls_security_level = may
smtpd_tls_cert_file = ${fixturePath('localhost.crt')}
smtpd_tls_key_file = ${fixturePath('localhost.key')}
smtpd_tls_received_header = yes
`;

const forwardingCf = ({domain, port}: Forwarding) => `
relay_domains = ${domain}
transport_maps = inline:{ {${domain} = smtp:[127.0.0.1]:${port}} }
smtp_helo_name = forwarding.example
`;
/** Only for what is forwarded: nothing else leaves this Postfix. */
const smtpService = 'smtp unix - - n - - smtp\n';

const masterCf = (mxPort: number, submissionPort: number) => `
127.0.0.1:${mxPort} inet n - n - - smtpd
127.0.0.1:${submissionPort} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`;

async function idOf(user: string): Promise<number> {
  const {stdout} = await promisify(execFile)('id', ['-u', user]);
  return Number(stdout);
}

const missing = () => {
  if (program === undefined) return 'not installed';
  return isRoot ? undefined : 'only root can start it';
};

export const postfix: ServerKind = {
  name: 'Postfix',
  missing: missing(),
  start: () => startPostfix(),
};

export interface Postfix extends MailServer {
  /** Has it try what it has deferred. */
  flush(): Promise<void>;
}

export async function startPostfix(forwarding?: Forwarding): Promise<Postfix> {
  const {directory, mailDirectory} = await makeDirectories('postfix');
  const path = (name: string) => join(directory, name);
  await Promise.all(['config', 'queue', 'data'].map(name => mkdir(path(name))));
  await chown(path('data'), await idOf('postfix'), 0);
  const [mxPort, submissionPort] = [await freePort(), await freePort()];
  await writeFile(
    path('config/main.cf'),
    mainCf(directory, mailDirectory) + (forwarding ? forwardingCf(forwarding) : ''),
  );
  await writeFile(
    path('config/master.cf'),
    masterCf(mxPort, submissionPort) + (forwarding ? smtpService : ''),
  );
  const pidOf = async () => Number(await readFile(path('queue/pid/master.pid'), 'utf8'));
  const server = await startServer([program!, '-c', path('config'), 'start-fg'], {
    directory,
    port: mxPort,
    pidOf,
  });
  return {
    mxPort,
    smarthost: {hostname: '127.0.0.1', port: submissionPort},
    sink: {hostname: '127.0.0.1', port: submissionPort},
    mailDirectory,
    async flush() {
      await promisify(execFile)(program!, ['-c', path('config'), 'flush']);
    },
    async stop() {
      await server.stop();
      await rm(directory, {recursive: true});
    },
  };
}
