import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, expect, it, vi} from 'vitest';
import {startSink} from '../../../local/sink/sink.ts';
import {SmtpClient} from '../../servers/smtp-client.ts';
import {connect, greeted, start, temporaryDirectory} from './sinks-under-test.ts';

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
    // On the wire, dots at the start of lines were stuffed.
    const unstuffed = text.toString('latin1').replace('\n..\r', '\n.\r').replace('\n...', '\n..');
    expect(message?.raw.toString('latin1')).toBe(unstuffed);
    expect(message?.size).toBe(unstuffed.length);
    const receivedMs = Date.parse(message!.received);
    expect(receivedMs).toBeGreaterThanOrEqual(beganMs);
    expect(receivedMs).toBeLessThanOrEqual(Date.now());
  });

  it('greets at once, only once, and takes many messages over one connection', async () => {
    const sink = await start();
    // The test advances the timers.
    vi.useFakeTimers({toFake: ['setTimeout']});
    const client = await connect(sink);
    expect(await client.reply()).toMatch(/^220 sink\.localhost ESMTP/);
    expect(await client.send('1\r\n')).toMatch(/^250/);
    // This is longer than smtp-server's delay. A second greeting would come before the reply now.
    vi.advanceTimersByTime(120);
    expect(await client.sendAgain('2\r\n')).toMatch(/^250/);
    expect(await client.say('NOOP')).toMatch(/^250/);
    expect(sink.messages.map(({raw}) => raw.toString())).toEqual(['1\r\n', '2\r\n']);
  });

  it('takes BDAT octet for octet, in chunks, with commands of others behind it', async () => {
    const sink = await start();
    const client = await greeted(sink);
    expect(await client.say('EHLO client.example.com')).toContain('CHUNKING');
    const text = 'Subject: x\r\n\r\n.\r\n..\r\n.x\r\n';
    const envelope = 'MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\n';
    const codes = await client.codesOf(
      `BDAT 0 LAST\r\n${envelope}BDAT ${text.length} LAST\r\n${text}RSET\r\n` +
        `${envelope}BDAT 5\r\n${text.slice(0, 5)}BDAT 0\r\nBDAT ${text.length - 5} LAST\r\n${text.slice(5)}` +
        `RSET\r\nMAIL FROM:<a@example.com>\r\nBDAT ${text.length} LAST\r\n${text}NOOP\r\n`,
      14,
    );
    expect(codes).toEqual([503, 250, 250, 250, 250, 250, 250, 250, 250, 250, 250, 250, 503, 250]);
    expect(sink.messages.map(({raw}) => raw.toString())).toEqual([text, text]);
  });

  it('refuses a text by BDAT that is too large, and goes on', async () => {
    const sink = await start({maxOctets: 10});
    const client = await greeted(sink);
    await client.say('EHLO client.example.com');
    const envelope = 'MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\n';
    const codes = await client.codesOf(`${envelope}BDAT 11 LAST\r\n${'x'.repeat(9)}\r\nNOOP\r\n`, 4);
    expect(codes).toEqual([250, 250, 552, 250]);
    expect(sink.messages).toEqual([]);
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

  it('takes credentials in clear, too', async () => {
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

describe('closing the sink', () => {
  it('is quick, whatever its clients are doing', async () => {
    const sink = await start({reply: stage => (stage === 'mail' ? {delayMs: 60_000} : undefined)});
    const idle = await greeted(sink);
    const waiting = await greeted(sink);
    await waiting.say('EHLO client.example.com');
    waiting.write('MAIL FROM:<a@example.com>\r\n');
    const shakingHands = await greeted(sink);
    await shakingHands.say('EHLO client.example.com');
    await shakingHands.say('STARTTLS');
    // By its own timers it has a second, however long the machine takes.
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
