// `relayq smtp`: takes mail by SMTP and puts it on the stage's outbox. It runs beside the applications, not in the stage.

import {once} from 'node:events';
import {hostname} from 'node:os';
import {InvalidArgumentError, Option} from 'commander';
import {namesOf} from '../../shared/names.ts';
import {parseWholeNumber} from '../../shared/parsed.ts';
import {parseHostname} from '../../shared/smtp/address.ts';
import {Outbox} from '../../submission/outbox.ts';
import {startHealth} from '../../submission/smtp/health.ts';
import {defaultLimits} from '../../submission/smtp/limits.ts';
import {SubmissionServer} from '../../submission/smtp/submission-server.ts';
import {clientsOf} from '../aws/clients.ts';
import {queueUrlOf} from '../aws/queues.ts';
import type {Act, AddCommand} from '../command/command.ts';
import {UsageError} from '../command/problems.ts';
import {addressOf, isLoopback, type ListenAddress} from './listen-address.ts';
import {password} from './password.ts';
import {type FileNames, SubmissionFiles} from './submission-files.ts';

interface Options extends FileNames {
  readonly listen: ListenAddress;
  readonly listenTls?: ListenAddress;
  readonly health?: ListenAddress;
  readonly name?: string;
  readonly trusted?: boolean;
  readonly queueUrl?: string;
  readonly connections: number;
  readonly connectionsPerAddress: number;
  readonly drain: number;
}

const countOf = (text: string): number => {
  const count = parseWholeNumber(text, 1, 100_000);
  if (count.ok) return count.value;
  throw new InvalidArgumentError(`It ${count.problem}.`);
};

const nameOf = (text: string): string => {
  const name = parseHostname(text);
  if (name.ok) return name.value;
  throw new InvalidArgumentError('A host name such as mail.example.com is wanted.');
};

const listenDefault: ListenAddress = {host: '127.0.0.1', port: 2587};

export const smtp: AddCommand = (program, acting) => {
  const {connections, connectionsPerAddress} = defaultLimits;
  const command = program
    .command('smtp')
    .summary('take mail by SMTP, and put it on the outbox')
    .description(
      'Takes mail by SMTP and puts it on the outbox of the stage, until Ctrl-C or SIGTERM. A client is told 250 when SQS has the mail of all its recipients. Off this machine clients must sign in, over TLS.',
    )
    .addOption(
      new Option('--listen <address>', 'HOST:PORT, with STARTTLS where there is a certificate')
        .argParser(addressOf)
        .default(listenDefault, '127.0.0.1:2587'),
    )
    .option('--listen-tls <address>', 'HOST:PORT with TLS from the start', addressOf)
    .option('--certificate <file>', 'PEM, with what leads to its authority')
    .option('--key <file>', 'of the certificate, PEM')
    .option('--clients <file>', 'who may sign in, and send as whom: JSON')
    .option('--trusted', 'x-mq-* headers count of whoever connects to this machine')
    .option('--name <hostname>', 'of this server; its own without', nameOf)
    .option('--queue-url <url>', 'of the outbox, if it is not looked up')
    .option('--health <address>', 'HOST:PORT of GET /health', addressOf)
    .option('--connections <number>', 'at a time', countOf, connections)
    .option('--connections-per-address <number>', 'at a time', countOf, connectionsPerAddress)
    .option('--drain <seconds>', 'for texts that are on their way when it stops', countOf, 25)
    .action(acting(serve));
  password(command, acting);
};

const serve: Act<[Options]> = async (context, options) => {
  checkOptions(options);
  const log: Log = (level, message, fields = {}) =>
    context.terminal.say(JSON.stringify({timestamp: new Date().toISOString(), level, message, ...fields}));
  const {certificate, key, clients: list} = options;
  const files = await SubmissionFiles.read({
    ...(list !== undefined && {clients: list}),
    ...(certificate !== undefined && key !== undefined && {certificate, key}),
  });
  await context.mayChange('put mail on the outbox', 'harmless');
  // SQS itself is waited for no longer than clients wait.
  const clients = clientsOf(context, context.env, {connectedMs: 3_000, answeredMs: 10_000});
  const queueUrl =
    options.queueUrl ?? (await queueUrlOf({...context, clients}, namesOf(context.stage).outbox));
  const server = new SubmissionServer(
    {
      name: options.name ?? hostname(),
      outbox: new Outbox(clients.sqs, queueUrl),
      clients: files.clients && (() => files.clients!),
      isTrusted: options.trusted ?? false,
      limits: {...defaultLimits, ...limitsOf(options)},
      log: ({level, message, fields}) => log(level, message, fields),
      now: context.now,
    },
    files.certificate,
  );
  const watch = files.watch({
    onRenewed: () => {
      if (files.certificate) server.renew(files.certificate);
      log('info', 'the files have changed: read again');
    },
    onProblem: problem => log('error', 'what was read before goes on', {problem}),
  });
  let isDraining = false;
  const health =
    options.health && (await startHealth(options.health, () => ({isDraining, state: server.state})));
  try {
    for (const [at, implicitTls] of [
      [options.listen, false],
      [options.listenTls, true],
    ] as const) {
      if (at === undefined) continue;
      const {address, port} = await server.listen({...at, implicitTls});
      log('info', 'listening', {address, port, implicitTls});
    }
    if (health)
      log('info', 'listening', {address: health.address.address, port: health.address.port, path: '/health'});
    if (!context.signal.aborted) await once(context.signal, 'abort');
    isDraining = true;
    log('info', 'draining', {...server.state});
  } finally {
    await server.drain(options.drain * 1000);
    watch.close();
    health?.close();
    clients.destroy();
  }
  log('info', 'stopped', {...server.state});
  return 0;
};

type Log = (level: 'info' | 'warn' | 'error', message: string, fields?: object) => void;

const limitsOf = ({connections, connectionsPerAddress}: Options) => ({connections, connectionsPerAddress});

/** @throws UsageError */
function checkOptions({listen, listenTls, certificate, key, clients, trusted}: Options): void {
  if ((certificate === undefined) !== (key === undefined))
    throw new UsageError('--certificate and --key belong together');
  if (listenTls && certificate === undefined)
    throw new UsageError('--listen-tls needs --certificate and --key');
  if (clients !== undefined && certificate === undefined)
    throw new UsageError('--clients needs --certificate and --key: no password comes without TLS');
  if (trusted && clients !== undefined)
    throw new UsageError('--trusted is for those who do not sign in: say "trusted" of a client in --clients');
  const isOpen = [listen, listenTls].some(at => at && !isLoopback(at.host));
  if (isOpen && clients === undefined)
    throw new UsageError('what others can reach needs --clients, --certificate and --key');
}
