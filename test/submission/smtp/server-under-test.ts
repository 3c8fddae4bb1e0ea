// A submission server on a free port, with a queue behind it, and clients in front of it.

import type {LogLine} from '../../../shared/log-line.ts';
import {Outbox} from '../../../submission/outbox.ts';
import {type Clients, parseClients} from '../../../submission/smtp/clients.ts';
import {defaultLimits, type Limits} from '../../../submission/smtp/limits.ts';
import {SubmissionServer} from '../../../submission/smtp/submission-server.ts';
import {certificateOf} from '../../fixtures/fixture.ts';
import {SmtpClient} from '../../servers/smtp-client.ts';
import {QueueUnderTest} from '../queue-under-test.ts';

export interface ServerOptions {
  readonly limits?: Partial<Limits>;
  /** The file of clients; without it nobody signs in. */
  readonly clients?: object;
  readonly isTrusted?: boolean;
  readonly hasTls?: boolean;
  readonly implicitTls?: boolean;
}

export class ServerUnderTest {
  readonly queue: QueueUnderTest;
  readonly server: SubmissionServer;
  readonly lines: readonly LogLine[];
  port = 0;
  #aheadMs = 0;
  readonly #connected: SmtpClient[] = [];

  private constructor(queue: QueueUnderTest, options: ServerOptions) {
    const {limits, clients, isTrusted = false, hasTls = clients !== undefined} = options;
    const lines: LogLine[] = [];
    this.lines = lines;
    this.queue = queue;
    const list = clients && clientsOf(clients);
    this.server = new SubmissionServer(
      {
        name: 'mail.example.com',
        outbox: new Outbox(queue.client, queue.queueUrl),
        clients: list && (() => list),
        isTrusted,
        limits: {...defaultLimits, failurePauseMs: 10, ...limits},
        log: line => lines.push(line),
        now: () => Date.now() + this.#aheadMs,
      },
      hasTls || options.implicitTls ? certificateOf('localhost') : undefined,
    );
  }

  static async start(options: ServerOptions = {}): Promise<ServerUnderTest> {
    const running = new ServerUnderTest(await QueueUnderTest.start(), options);
    const {implicitTls = false} = options;
    ({port: running.port} = await running.server.listen({host: '127.0.0.1', port: 0, implicitTls}));
    return running;
  }

  /** Puts its clock forward. */
  pass(ms: number): void {
    this.#aheadMs += ms;
  }

  /** A client that was greeted. */
  async client(): Promise<SmtpClient> {
    const client = await this.#connect();
    const greeting = await client.reply();
    if (!greeting.startsWith('220 ')) throw new Error(greeting);
    return client;
  }

  /** A client that has said EHLO. */
  async greeted(): Promise<SmtpClient> {
    const client = await this.client();
    await client.say('EHLO client.example.com');
    return client;
  }

  /** @returns the first reply */
  async firstReply(): Promise<string> {
    return (await this.#connect()).reply();
  }

  async #connect(): Promise<SmtpClient> {
    const client = await SmtpClient.connect(this.port);
    this.#connected.push(client);
    return client;
  }

  async stop(): Promise<void> {
    for (const client of this.#connected) client.end();
    await this.server.drain(0);
    await this.queue.stop();
  }
}

function clientsOf(list: object): Clients {
  const clients = parseClients(JSON.stringify(list));
  if (!clients.ok) throw new Error(clients.problem);
  return clients.value;
}
