// `relayq smtp` as a process of its own, with an SQS behind it.

import type {ChildProcessWithoutNullStreams} from 'node:child_process';
import {once} from 'node:events';
import {copyFile, utimes, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {createTransport} from 'nodemailer';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {namesOf} from '../../../shared/names.ts';
import {fixturePath} from '../../fixtures/fixture.ts';
import {type QueueUnderTest, type SqsUnderTest, startSqs} from '../../local/sqs/sqs-under-test.ts';
import {SmtpClient} from '../../servers/smtp-client.ts';
import {RelayqUnderTest} from '../relayq-under-test.ts';

let sqs: SqsUnderTest;
let outbox: QueueUnderTest;
let relayq: RelayqUnderTest;
beforeEach(async () => {
  sqs = await startSqs();
  outbox = sqs.queueNamed(namesOf('local').outbox);
  await sqs.sqs.createQueue(namesOf('local').outbox, {});
  relayq = await RelayqUnderTest.create(() => sqs.endpoint.port);
});
afterEach(async () => {
  await relayq.stop();
  await sqs.stop();
});

interface Line {
  readonly message: string;
  readonly port?: number;
  readonly [field: string]: unknown;
}

class Smtp {
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: Line[] = [];
  stderr = '';

  constructor(...args: readonly string[]) {
    this.child = relayq.start(['smtp', '--listen', '127.0.0.1:0', ...args]);
    createInterface({input: this.child.stdout}).on('line', line => this.lines.push(JSON.parse(line)));
    this.child.stderr.on('data', text => {
      this.stderr += text;
    });
  }

  /** @returns a line that says so, as soon as there is one */
  async line(message: string, isIt: (line: Line) => boolean = () => true): Promise<Line> {
    const find = () => this.lines.find(line => line.message === message && isIt(line));
    await expect
      .poll(() => find() ?? this.child.exitCode ?? this.stderr.match(/relayq: .*/)?.[0])
      .toMatchObject({message});
    return find()!;
  }

  port = async (): Promise<number> => (await this.line('listening')).port!;
}

const text = 'Subject: hello\r\n\r\nHello!\r\n';

test('mail comes to the outbox of the stage', async () => {
  const smtp = new Smtp('--name', 'mail.example.com');
  const client = await SmtpClient.connect(await smtp.port());
  expect(await client.reply()).toBe('220 mail.example.com ESMTP relayq');
  const reply = await client.send(text);
  client.end();
  const {id, recipient} = await smtp.line('queued');
  expect(reply).toBe(`250 2.0.0 queued as ${id}`);
  expect(recipient).toBe('b@example.org');
  const [message] = await outbox.receive();
  expect(message?.MessageId).toBe(id);
  expect(JSON.parse(message!.Body!)).toMatchObject({envelope: 'a@example.com', 'mq-headers': 'stripped'});
});

describe('a stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: the text that is on its way comes to its end',
    async signal => {
      const smtp = new Smtp('--health', '127.0.0.1:0');
      const client = await SmtpClient.connect(await smtp.port());
      const {port} = await smtp.line('listening', line => line.path === '/health');
      const health = () => fetch(`http://127.0.0.1:${port}/health`);
      expect(await (await health()).json()).toEqual({status: 'ok', connections: 1, queued: 0, refused: 0});
      await client.reply();
      await client.codesOf('EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n', 4);
      client.write('Subject: half\r\n');
      smtp.child.kill(signal);
      await smtp.line('draining');
      const draining = await health();
      expect([draining.status, await draining.json()]).toMatchObject([503, {status: 'draining'}]);
      client.write('\r\nwhole\r\n.\r\n');
      expect(await client.reply()).toMatch(/^250 /);
      client.end();
      if (smtp.child.exitCode === null) await once(smtp.child, 'exit');
      expect(smtp.child.exitCode).toBe(0);
      expect(smtp.lines.at(-1)).toMatchObject({message: 'stopped', queued: 1});
      expect(await outbox.receive()).toHaveLength(1);
    },
  );

  test('what does not come to its end is cut off after a while', async () => {
    const smtp = new Smtp('--drain', '1');
    const client = await SmtpClient.connect(await smtp.port());
    await client.reply();
    await client.codesOf('EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n', 4);
    smtp.child.kill('SIGTERM');
    expect(await client.reply()).toMatch(/^421 4\.3\.2 /);
    client.end();
    if (smtp.child.exitCode === null) await once(smtp.child, 'exit');
    expect(smtp.child.exitCode).toBe(0);
  });
});

describe('off this machine', () => {
  const tls = ['--certificate', fixturePath('localhost.crt'), '--key', fixturePath('localhost.key')];

  test.each<[args: string[], problem: string]>([
    [['--listen', '0.0.0.0:0'], 'what others can reach needs --clients, --certificate and --key'],
    [['--listen', '[::]:0'], 'what others can reach needs --clients, --certificate and --key'],
    [['--listen-tls', '0.0.0.0:0', ...tls], 'what others can reach needs --clients, --certificate and --key'],
    [['--listen-tls', '127.0.0.1:0'], '--listen-tls needs --certificate and --key'],
    [['--certificate', 'x'], '--certificate and --key belong together'],
    [['--clients', 'x'], '--clients needs --certificate and --key: no password comes without TLS'],
    [['--clients', 'x', '--trusted', ...tls], '--trusted is for those who do not sign in'],
    [['--clients', 'missing.json', ...tls], 'missing.json cannot be read: '],
    [
      ['--certificate', fixturePath('example.org.crt'), '--key', fixturePath('localhost.key')],
      'are not a certificate and its key',
    ],
    [['--listen', 'localhost:25'], 'HOST:PORT is wanted, with an IP address'],
    [['--listen', '127.0.0.1:99999'], 'HOST:PORT is wanted, with an IP address'],
    [['--health', '8025'], 'HOST:PORT is wanted, with an IP address'],
    [['--connections', '0'], 'It must be a whole number from 1 to 100000.'],
    [['--name', 'no name'], 'A host name such as mail.example.com is wanted.'],
  ])('is refused, or said wrongly: %j', async (args, problem) => {
    const {code, stdout, stderr} = await relayq.run(['smtp', ...args]);
    expect({code, stdout}).toEqual({code: 2, stdout: ''});
    expect(stderr).toContain(problem);
  });

  test('clients sign in over TLS; their file is read again when it changes', async () => {
    const hash = await relayq.run(['smtp', 'password'], {input: 'correct horse battery\n'});
    expect(hash).toMatchObject({code: 0, stderr: ''});
    const clients = join(relayq.directory, 'clients.json');
    const write = (list: object) => writeFile(clients, JSON.stringify(list));
    const shop = {password: hash.stdout.trim(), senders: ['example.com']};
    await write({shop});
    const smtp = new Smtp('--listen-tls', '127.0.0.1:0', '--clients', clients, ...tls);
    const port = await smtp.port();
    const send = (host: {port: number; secure: boolean}, user: string) => {
      const auth = {user, pass: 'correct horse battery'};
      const transport = createTransport({host: '127.0.0.1', ...host, auth, tls: {rejectUnauthorized: false}});
      return transport.sendMail({from: 'a@example.com', to: 'b@example.org', text: 'x'});
    };
    const {port: tlsPort} = await smtp.line('listening', line => line.implicitTls === true);
    for (const at of [
      {port, secure: false},
      {port: tlsPort!, secure: true},
    ])
      expect(await send(at, 'shop')).toMatchObject({accepted: ['b@example.org']});
    await expect(send({port, secure: false}, 'other')).rejects.toThrow('535');

    await writeFile(clients, 'no JSON');
    await utimes(clients, 1, 1);
    expect((await smtp.line('what was read before goes on')).problem).toContain(
      'clients.json: must be a JSON object',
    );
    expect(await send({port, secure: false}, 'shop')).toMatchObject({accepted: ['b@example.org']});

    await write({other: shop});
    await utimes(clients, 2, 2);
    await smtp.line('the files have changed: read again');
    expect(await send({port, secure: false}, 'other')).toMatchObject({accepted: ['b@example.org']});
    await expect(send({port, secure: false}, 'shop')).rejects.toThrow('535');
    expect(JSON.stringify(smtp.lines)).not.toContain('correct horse');
  });

  test('a certificate is renewed while connections go on', async () => {
    const [certificate, key] = [join(relayq.directory, 'crt'), join(relayq.directory, 'key')];
    const use = async (name: string, at: number) => {
      await copyFile(fixturePath(`${name}.crt`), certificate);
      await copyFile(fixturePath(`${name}.key`), key);
      await utimes(certificate, at, at);
    };
    await use('localhost', 1);
    const smtp = new Smtp('--certificate', certificate, '--key', key);
    const port = await smtp.port();
    const old = await SmtpClient.connect(port);
    await old.reply();
    await old.say('EHLO x');
    await old.startTls();
    await use('example.org', 2);
    await smtp.line('the files have changed: read again');
    expect(await old.send(text)).toMatch(/^250 /);
    const again = await SmtpClient.connect(port);
    await again.reply();
    await again.say('EHLO x');
    await again.startTls();
    expect(await again.send(text)).toMatch(/^250 /);
    expect([old, again].map(client => client.serverName)).toEqual(['localhost', 'example.org']);
    old.end();
    again.end();
  });

  test('a password that is none is refused', async () => {
    for (const input of ['', 'short\n', 'with a\ttab in it\n'])
      expect(await relayq.run(['smtp', 'password'], {input})).toMatchObject({code: 2, stdout: ''});
  });
});

test('where the stage is not', async () => {
  expect(
    await relayq.run(['smtp', '--stage', 'local', '--listen', '127.0.0.1:0', '--read-only']),
  ).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--read-only: this would put mail on the outbox'),
  });
  await sqs.sqs.deleteQueue(namesOf('local').outbox);
  expect(await relayq.run(['smtp', '--listen', '127.0.0.1:0'])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('there is no queue relayq-local-outbox'),
  });
});
