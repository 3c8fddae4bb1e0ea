import {appendFile, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, describe, expect, it, vi} from 'vitest';
import {type Sink, type SinkOptions, startSink} from '../../../local/sink/sink.ts';
import {SmtpClient} from '../../servers/smtp-client.ts';

const cleanUps: (() => unknown)[] = [];

afterEach(async () => {
  vi.useRealTimers();
  while (cleanUps.length > 0) await cleanUps.pop()!();
});

async function start(options: Partial<SinkOptions> = {}): Promise<Sink> {
  const sink = await startSink({port: 0, ...options});
  cleanUps.push(() => sink.close());
  return sink;
}

async function connect(sink: Sink): Promise<SmtpClient> {
  const client = await SmtpClient.connect(sink.port);
  cleanUps.push(() => client.end());
  return client;
}

async function greeted(sink: Sink): Promise<SmtpClient> {
  const client = await connect(sink);
  await client.reply();
  return client;
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'relayq-sink-'));
  cleanUps.push(() => rm(directory, {recursive: true, force: true}));
  return directory;
}

describe('the sink', () => {
  it('keeps a message octet for octet, with its envelope', async () => {
    const beganMs = Date.now();
    const sink = await start();
    const client = await greeted(sink);
    const text = Buffer.concat([
      Buffer.from('Subject: x\r\n\r\n..\r\n...two\r\n \t\r\nbare\nlf and \rcr\r\n'),
      Buffer.from([0, 0xff, 0xfe, 0xc3, 0x28, 0x0d, 0x0a]),
      Buffer.from('\r\n\r\n'),
    ]);
    const reply = await client.send(text, ['b@example.org', 'C@example.org']);
    expect(reply).toBe('250 OK: kept as number 1');
    const [message] = sink.messages;
    expect(message).toMatchObject({number: 1, from: 'a@example.com', to: ['b@example.org', 'C@example.org']});
    expect(message?.tls).toBe(false);
    expect(message).not.toHaveProperty('user');
    // Dots at line starts were stuffed on the wire.
    const unstuffed = text.toString('latin1').replace('\n..\r', '\n.\r').replace('\n...', '\n..');
    expect(message?.raw.toString('latin1')).toBe(unstuffed);
    expect(message?.size).toBe(unstuffed.length);
    const receivedMs = Date.parse(message!.received);
    expect(receivedMs).toBeGreaterThanOrEqual(beganMs);
    expect(receivedMs).toBeLessThanOrEqual(Date.now());
  });

  it('greets without delay, once, and takes many messages over one connection', async () => {
    const sink = await start();
    // No timer ends before it is told to.
    vi.useFakeTimers({toFake: ['setTimeout']});
    const client = await connect(sink);
    expect(await client.reply()).toMatch(/^220 sink\.localhost ESMTP/);
    expect(await client.send('1\r\n')).toMatch(/^250/);
    // Longer than the delay that was avoided: a second greeting would now come before the reply.
    vi.advanceTimersByTime(120);
    expect(await client.sendAgain('2\r\n')).toMatch(/^250/);
    expect(await client.say('NOOP')).toMatch(/^250/);
    expect(sink.messages.map(({raw}) => raw.toString())).toEqual(['1\r\n', '2\r\n']);
  });

  it('shows a message to listeners before the client has its reply', async () => {
    const sink = await start();
    const seen: number[] = [];
    sink.onMessage(({number}) => seen.push(number));
    const client = await greeted(sink);
    await client.send('1\r\n');
    expect(seen).toEqual([1]);
  });

  it('takes the null reverse-path, SMTPUTF8 and 8BITMIME', async () => {
    const sink = await start();
    const client = await greeted(sink);
    const ehlo = await client.say('EHLO client.example.com');
    for (const extension of ['PIPELINING', '8BITMIME', 'SMTPUTF8', 'STARTTLS', 'SIZE 26214400'])
      expect(ehlo).toContain(extension);
    expect(await client.say('MAIL FROM:<> BODY=8BITMIME SMTPUTF8')).toMatch(/^250/);
    client.write(Buffer.from('RCPT TO:<jörg@example.org>\r\nDATA\r\n'));
    await client.reply();
    await client.reply();
    await client.say('Subject: ü\r\n\r\n.');
    expect(sink.messages[0]).toMatchObject({from: '', to: ['jörg@example.org']});
  });

  it('takes STARTTLS and any credentials, and keeps the user name alone', async () => {
    const directory = await temporaryDirectory();
    const sink = await start({directory});
    const client = await greeted(sink);
    await client.say('EHLO client.example.com');
    await client.startTls();
    expect(await client.say('EHLO client.example.com')).toContain('AUTH');
    const token = Buffer.from('\0jo\0hunter2').toString('base64');
    expect(await client.say(`AUTH PLAIN ${token}`)).toMatch(/^235/);
    await client.sendAgain('1\r\n');
    expect(sink.messages[0]).toMatchObject({tls: true, user: 'jo'});
    expect(JSON.stringify(sink.messages[0])).not.toContain('hunter2');
    expect(await readFile(join(directory, 'index.jsonl'), 'utf8')).not.toContain('hunter2');
  });

  it('takes credentials in clear too', async () => {
    const sink = await start();
    const client = await greeted(sink);
    await client.say('EHLO client.example.com');
    expect(await client.say(`AUTH PLAIN ${Buffer.from('\0\0').toString('base64')}`)).toMatch(/^235/);
    await client.sendAgain('1\r\n');
    expect(sink.messages[0]).toMatchObject({tls: false, user: ''});
  });

  it('refuses what is larger than its limit, announced or not, and goes on', async () => {
    const sink = await start({maxOctets: 1000});
    const client = await greeted(sink);
    await client.say('EHLO client.example.com');
    expect(await client.say('MAIL FROM:<a@example.com> SIZE=1001')).toMatch(/^552/);
    expect(await client.sendAgain(`${'x'.repeat(999)}\r\n`)).toMatch(/^552/);
    expect(await client.sendAgain(`${'x'.repeat(998)}\r\n`)).toMatch(/^250/);
    expect(sink.messages.map(({size}) => size)).toEqual([1000]);
  });

  it('keeps the newest 1,000 messages in memory', async () => {
    const sink = await start();
    const client = await greeted(sink);
    await client.say('EHLO client.example.com');
    const transaction = 'MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\n';
    for (let count = 0; count < 1002; count += 1) {
      client.write(transaction);
      for (let replies = 0; replies < 3; replies += 1) await client.reply();
      await client.say('.');
    }
    expect(sink.messages).toHaveLength(1000);
    expect(sink.messages[0]?.number).toBe(3);
    expect(sink.messages.at(-1)?.number).toBe(1002);
  });

  it('does not keep a message whose client goes away before its end', async () => {
    const sink = await start();
    const leaver = await greeted(sink);
    await leaver.say('EHLO client.example.com');
    await leaver.say('MAIL FROM:<a@example.com>');
    await leaver.say('RCPT TO:<b@example.org>');
    await leaver.say('DATA');
    leaver.write('half a message\r\n');
    leaver.end();
    const client = await greeted(sink);
    expect(await client.send('whole\r\n')).toMatch(/^250/);
    expect(sink.messages.map(({raw}) => raw.toString())).toEqual(['whole\r\n']);
  });

  it('rejects when its port is taken', async () => {
    const {port} = await start();
    await expect(startSink({port})).rejects.toMatchObject({code: 'EADDRINUSE'});
  });
});

describe('what the sink is told to reply', () => {
  const refused = {code: 451, text: '4.3.0 later'};

  it('is asked for with what is known at each stage', async () => {
    const asked: unknown[] = [];
    const sink = await start({
      reply: (stage, facts) => {
        asked.push({stage, ...facts});
        return undefined;
      },
    });
    const client = await greeted(sink);
    await client.send('1\r\n', ['b@example.org', 'c@example.org']);
    const from = 'a@example.com';
    expect(asked).toEqual([
      {stage: 'connect', tls: false},
      {stage: 'ehlo', tls: false},
      {stage: 'mail', from, tls: false},
      {stage: 'rcpt', from, to: ['b@example.org'], tls: false},
      {stage: 'rcpt', from, to: ['b@example.org', 'c@example.org'], tls: false},
      {stage: 'data', from, to: ['b@example.org', 'c@example.org'], size: 3, tls: false},
    ]);
  });

  it('takes the place of the greeting, and ends the connection', async () => {
    const sink = await start({reply: () => ({code: 554, text: 'go away'})});
    const client = await connect(sink);
    expect(await client.reply()).toBe('554 go away');
    expect(await client.reply()).toBe('closed');
  });

  it.each(['mail', 'rcpt', 'data'] as const)('is the reply at %s, word for word', async refusedStage => {
    const sink = await start({reply: stage => (stage === refusedStage ? refused : undefined)});
    const client = await greeted(sink);
    await client.say('EHLO client.example.com');
    const replies = {
      mail: await client.say('MAIL FROM:<a@example.com>'),
      rcpt: await client.say('RCPT TO:<b@example.org>'),
      data: (await client.say('DATA')).startsWith('354') ? await client.say('1\r\n.') : 'no DATA',
    };
    expect(replies[refusedStage]).toBe('451 4.3.0 later');
    expect(sink.messages).toEqual([]);
  });

  it.each(['connect', 'mail', 'rcpt', 'data'] as const)(
    'can be to drop the connection at %s',
    async stage => {
      const sink = await start({reply: asked => (asked === stage ? 'drop' : undefined)});
      const client = await connect(sink);
      await client.reply();
      expect(await client.send('1\r\n')).toBe('closed');
      expect(sink.messages).toEqual([]);
    },
  );

  it('can be to take its time', async () => {
    const sink = await start({reply: stage => (stage === 'data' ? {delayMs: 200} : undefined)});
    const client = await greeted(sink);
    const startedMs = performance.now();
    expect(await client.send('1\r\n')).toMatch(/^250/);
    expect(performance.now() - startedMs).toBeGreaterThan(190);
  });
});

describe('a sink with a directory', () => {
  it('finds its messages again after a restart, and counts on', async () => {
    const directory = await temporaryDirectory();
    const first = await start({directory: join(directory, 'mail')});
    await (await greeted(first)).send(Buffer.from([0x41, 0xff, 0x0d, 0x0a]));
    await first.close();
    const [before] = first.messages;

    const second = await start({directory: join(directory, 'mail')});
    expect(second.messages).toEqual([before]);
    await (await greeted(second)).send('2\r\n');
    expect(second.messages.at(-1)?.number).toBe(2);
    expect((await readdir(join(directory, 'mail'))).toSorted()).toEqual([
      '000001.eml',
      '000002.eml',
      'index.jsonl',
    ]);
    expect(await readFile(join(directory, 'mail', '000002.eml'), 'utf8')).toBe('2\r\n');
  });

  it('puts up with what a killed process leaves behind, and with deleted files', async () => {
    const directory = await temporaryDirectory();
    const first = await start({directory});
    const client = await greeted(first);
    await client.send('1\r\n');
    await client.sendAgain('2\r\n');
    await first.close();
    await rm(join(directory, '000001.eml'));
    await writeFile(join(directory, '000007.eml'), 'no line in the index');
    await appendFile(join(directory, 'index.jsonl'), '{"number":7,"rece');

    const second = await start({directory});
    expect(second.messages.map(({number}) => number)).toEqual([2]);
    await (await greeted(second)).send('8\r\n');
    await second.close();
    const third = await start({directory});
    expect(third.messages.map(({number}) => number)).toEqual([2, 8]);
  });

  it('refuses a message that it cannot write down', async () => {
    const directory = await temporaryDirectory();
    const sink = await start({directory: join(directory, 'mail')});
    await rm(join(directory, 'mail'), {recursive: true});
    expect(await (await greeted(sink)).send('1\r\n')).toMatch(/^451 cannot keep it: ENOENT/);
    expect(sink.messages).toEqual([]);
  });
});

describe('what is no SMTP client', () => {
  const mail =
    'EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\nQUIT\r\n';
  it.each([
    ['a form of a web page', 'POST / HTTP/1.1\r\nHost: 127.0.0.1:2525\r\nContent-Type: text/plain\r\n\r\n'],
    ['a form with line feeds', 'POST / HTTP/1.1\nHost: 127.0.0.1:2525\n\n'],
    ['a small one', 'post /x HTTP/1.0\r\n\r\n'],
    ['any method', 'PATCH / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a request for a proxy', 'POST http://127.0.0.1:2525/ HTTP/1.1\r\n\r\n'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['a long path', `PUT /${'a'.repeat(5000)} HTTP/1.1\r\n\r\n`],
    ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03junk\r\n'],
    ['a header', 'Host: 127.0.0.1\r\n'],
    ['an empty line', '\r\n'],
  ])('has no command heard: %s', async (_, head) => {
    const sink = await start();
    const client = await greeted(sink);
    client.write(Buffer.from(head + mail, 'latin1'));
    expect(await client.reply()).toMatch(/^421 /);
    expect(await client.reply()).toBe('closed');
    expect(sink.messages).toEqual([]);
  });

  it('may err later: a command that nobody knows costs nothing but a reply', async () => {
    const sink = await start();
    const client = await greeted(sink);
    expect(await client.say('NOOP')).toMatch(/^250 /);
    expect(await client.say('POST / HTTP')).toMatch(/^500 /);
    expect(await client.send('x\r\n')).toMatch(/^250 /);
  });
});

describe('closing the sink', () => {
  it('is prompt, whatever its clients are doing', async () => {
    const sink = await start({reply: stage => (stage === 'mail' ? {delayMs: 60_000} : undefined)});
    const idle = await greeted(sink);
    const waiting = await greeted(sink);
    await waiting.say('EHLO client.example.com');
    waiting.write('MAIL FROM:<a@example.com>\r\n');
    const shakingHands = await greeted(sink);
    await shakingHands.say('EHLO client.example.com');
    await shakingHands.say('STARTTLS');
    // A second for it by its own timers, however long the machine takes.
    vi.useFakeTimers({toFake: ['setTimeout']});
    const closed = Promise.all([sink.close(), sink.close()]);
    await vi.advanceTimersByTimeAsync(1000);
    await closed;
    expect(await idle.reply()).toMatch(/^421/);
    expect(await idle.reply()).toBe('closed');
    expect(await shakingHands.reply()).toBe('closed');
    await expect(SmtpClient.connect(sink.port)).rejects.toMatchObject({code: 'ECONNREFUSED'});
  });
});
