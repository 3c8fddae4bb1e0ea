import {describe, expect, it} from 'vitest';
import {greeted, start} from './sinks-under-test.ts';

describe('a client that does not speak SMTP', () => {
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
  ])('has none of its commands obeyed: %s', async (_, head) => {
    const sink = await start();
    const client = await greeted(sink);
    client.write(Buffer.from(head + mail, 'latin1'));
    expect(await client.reply()).toMatch(/^421 /);
    expect(await client.reply()).toBe('closed');
    expect(sink.messages).toEqual([]);
  });

  it('is recognised by its first line: a later unknown command only gets a reply', async () => {
    const sink = await start();
    const client = await greeted(sink);
    expect(await client.say('NOOP')).toMatch(/^250 /);
    expect(await client.say('POST / HTTP')).toMatch(/^500 /);
    expect(await client.send('x\r\n')).toMatch(/^250 /);
  });
});
