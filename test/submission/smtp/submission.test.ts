import {afterEach, describe, expect, test} from 'vitest';
import {maxTextOctets} from '../../../submission/smtp/incoming.ts';
import type {SmtpClient} from '../../servers/smtp-client.ts';
import {type ServerOptions, ServerUnderTest} from './server-under-test.ts';

let running: ServerUnderTest;
afterEach(() => running.stop());
const start = async (options: ServerOptions = {}) => {
  running = await ServerUnderTest.start(options);
  return running.greeted();
};

const hello = 'From: a@example.com\r\nSubject: hello\r\n\r\nHello!\r\n';
const received =
  /^Received: from client\.example\.com \(\[127\.0\.0\.1\]\)\r\n\tby mail\.example\.com with (\w+) id \w+\.\d+;\r\n\t\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000\r\n/;
const textOf = (message: Record<string, unknown> | undefined) => String(message?.mime).replace(received, '');

async function sent(client: SmtpClient, text: string | Buffer): Promise<string> {
  await client.say('MAIL FROM:<a@example.com>');
  await client.say('RCPT TO:<b@example.org>');
  await client.say('DATA');
  client.write(text);
  client.write('.\r\n');
  return client.reply();
}

test('what is offered', async () => {
  running = await ServerUnderTest.start({hasTls: true});
  const client = await running.client();
  expect((await client.say('EHLO client.example.com')).split('\r\n').slice(1)).toEqual([
    '250-PIPELINING',
    '250-8BITMIME',
    '250-SMTPUTF8',
    '250-ENHANCEDSTATUSCODES',
    '250-DSN',
    '250-STARTTLS',
    '250 SIZE 1000000',
  ]);
});

test('a text is on the outbox when the client is told so', async () => {
  const client = await start();
  expect(await sent(client, hello)).toBe('250 2.0.0 queued as id-1');
  const [message] = running.queue.messages;
  expect(message).toEqual({
    envelope: 'a@example.com',
    recipient: 'b@example.org',
    'mq-headers': 'stripped',
    mime: expect.stringMatching(received),
  });
  expect(textOf(message)).toBe(hello);
  expect(running.lines).toMatchObject([
    {
      level: 'info',
      message: 'queued',
      fields: {
        id: 'id-1',
        from: 'a@example.com',
        recipient: 'b@example.org',
        octets: hello.length,
        address: '127.0.0.1',
      },
    },
  ]);
  const {trace} = running.lines[0]!.fields;
  expect(message?.mime).toContain(` id ${trace};`);
});

test('several recipients are several messages, in one request', async () => {
  const client = await start();
  const replies = await client.codesOf(
    'MAIL FROM:<>\r\nRCPT TO:<b@example.org>\r\nRCPT TO:<c@example.net>\r\nRCPT TO:<no one>\r\nDATA\r\n',
    5,
  );
  expect(replies).toEqual([250, 250, 250, 501, 354]);
  client.write(`${hello}.\r\n`);
  expect(await client.reply()).toBe('250 2.0.0 queued as id-1 and 1 more');
  expect(running.queue.messages.map(({envelope, recipient}) => [envelope, recipient])).toEqual([
    ['<>', 'b@example.org'],
    ['<>', 'c@example.net'],
  ]);
  expect(running.queue.requests).toEqual([2]);
});

test('local parts that differ in capitals are two recipients, domains are not', async () => {
  const client = await start();
  const said = ['MAIL FROM:<a@example.com>', 'RCPT TO:<Jo@example.org>', 'RCPT TO:<jo@example.org>'];
  const again = ['RCPT TO:<jo@EXAMPLE.org>', 'DATA'];
  expect(await client.codesOf([...said, ...again, ''].join('\r\n'), 5)).toEqual([250, 250, 250, 250, 354]);
  client.write(`${hello}.\r\n`);
  expect(await client.reply()).toBe('250 2.0.0 queued as id-1 and 1 more');
  expect(running.queue.messages.map(({recipient}) => recipient)).toEqual([
    'Jo@example.org',
    'jo@EXAMPLE.org',
  ]);
});

test('recipients of a transaction that was given up are not those of the next', async () => {
  const client = await start();
  for (const end of ['RSET', 'EHLO client.example.com']) {
    await client.say('MAIL FROM:<a@example.com>');
    await client.say('RCPT TO:<given-up@example.org>');
    await client.say(end);
  }
  expect(await sent(client, hello)).toMatch(/^250 /);
  expect(running.queue.messages.map(({recipient}) => recipient)).toEqual(['b@example.org']);
});

test('x-mq headers count of a trusted client', async () => {
  const client = await start({isTrusted: true});
  await sent(client, `x-mq-tag: a\r\n${hello}`);
  const [message] = running.queue.messages;
  expect(message).not.toHaveProperty('mq-headers');
  expect(textOf(message)).toBe(`x-mq-tag: a\r\n${hello}`);
});

describe('texts come as they are', () => {
  test.each<[what: string, wire: string, text: string]>([
    ['dots', 'A: 1\r\n\r\n..\r\n..dot\r\n', 'A: 1\r\n\r\n.\r\n.dot\r\n'],
    ['UTF-8', 'Subject: Grüße\r\n\r\n東京\r\n', 'Subject: Grüße\r\n\r\n東京\r\n'],
    [
      'controls and noncharacters',
      'A: 1\r\n\r\n\0\x01\x7f\ufffe\uffff\u2028\r\n',
      'A: 1\r\n\r\n\0\x01\x7f\ufffe\uffff\u2028\r\n',
    ],
    ['line ends that are none', 'A: 1\r\n\r\na\nb\rc\r\r\n', 'A: 1\r\n\r\na\nb\rc\r\r\n'],
    [
      'an end that is none',
      'A: 1\r\n\r\na\n.\nMAIL FROM:<x@y.example>\r\n',
      'A: 1\r\n\r\na\n.\nMAIL FROM:<x@y.example>\r\n',
    ],
    ['a byte order mark, which is left out', '\ufeffA: 1\r\n\r\nx\r\n', 'A: 1\r\n\r\nx\r\n'],
    ['nothing', '', ''],
    ['a body alone', '\r\nbody\r\n', '\r\nbody\r\n'],
    ['a line that is no field first', 'body\r\n', '\r\nbody\r\n'],
    ['a fold first', ' fold\r\nA: 1\r\n\r\n', '\r\n fold\r\nA: 1\r\n\r\n'],
    ['a long line', `A: 1\r\n\r\n${'x'.repeat(100_000)}\r\n`, `A: 1\r\n\r\n${'x'.repeat(100_000)}\r\n`],
  ])('%s', async (_what, wire, text) => {
    const client = await start();
    expect(await sent(client, Buffer.from(wire))).toMatch(/^250 /);
    expect(running.queue.bodies).toHaveLength(1);
    expect(textOf(running.queue.messages[0])).toBe(text);
  });

  test('what is not UTF-8 becomes quoted-printable', async () => {
    const client = await start();
    const text = 'Content-Type: text/plain; charset=iso-8859-1\r\n\r\nSch\xf6ne Gr\xfc\xdfe\r\n';
    expect(await sent(client, Buffer.from(text, 'latin1'))).toMatch(/^250 /);
    expect(textOf(running.queue.messages[0])).toContain('\r\n\r\nSch=F6ne Gr=FC=DFe\r\n');
  });
});

test('what is said beside the text is carried on', async () => {
  const client = await start();
  expect(
    await client.codesOf(
      'MAIL FROM:<a@example.com> SIZE=100 BODY=8BITMIME RET=HDRS ENVID=QQ+2B314 AUTH=<>\r\n' +
        'RCPT TO:<b@example.org> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;b+2Bx@example.org\r\n' +
        'RCPT TO:<c@example.org>\r\nDATA\r\n',
      4,
    ),
  ).toEqual([250, 250, 250, 354]);
  client.write(`${hello}.\r\n`);
  expect(await client.reply()).toMatch(/^250 /);
  expect(running.queue.messages.map(({dsn}) => dsn)).toEqual([
    {notify: 'SUCCESS,FAILURE', orcpt: 'rfc822;b+x@example.org', ret: 'HDRS', envid: 'QQ+314'},
    {ret: 'HDRS', envid: 'QQ+314'},
  ]);
});

describe('addresses', () => {
  test.each<[rcpt: string, recipient: string]>([
    ['RCPT TO:<B.C+d@Example.ORG>', 'B.C+d@Example.ORG'],
    ['RCPT TO:<b..c.@example.org>', 'b..c.@example.org'],
    ['RCPT TO:<b@xn--mller-kva.example>', 'b@xn--mller-kva.example'],
    ['RCPT TO:<b@[192.0.2.1]>', 'b@[192.0.2.1]'],
    ['RCPT TO:<@relay.example:b@example.org>', 'b@example.org'],
    ['RCPT TO:<b@müller.example>', 'b@xn--mller-kva.example'],
  ])('%s', async (rcpt, recipient) => {
    const client = await start();
    await client.say('MAIL FROM:<a@example.com>');
    expect(await client.say(rcpt)).toMatch(/^250 /);
    await client.say('DATA');
    client.write(`${hello}.\r\n`);
    expect(await client.reply()).toMatch(/^250 /);
    expect(running.queue.messages[0]).toMatchObject({recipient});
  });

  test('in UTF-8', async () => {
    const client = await start();
    await client.say('MAIL FROM:<jörg@müller.example> SMTPUTF8');
    await client.say('RCPT TO:<用户@例え.example>');
    await client.say('DATA');
    client.write(`${hello}.\r\n`);
    expect(await client.reply()).toMatch(/^250 /);
    const [message] = running.queue.messages;
    expect(message).toMatchObject({envelope: 'jörg@müller.example', recipient: '用户@例え.example'});
    expect(received.exec(String(message?.mime))?.[1]).toBe('UTF8SMTP');
  });
});

describe('refused', () => {
  test.each<[command: string, reply: string]>([
    ['MAIL FROM:<a b>', '501 5.1.7'],
    ['MAIL FROM:<a@b_c@d>', '501 5.1.7'],
    ['MAIL FROM:<jörg@example.com>', '553 5.6.7'],
    ['MAIL FROM:<a@example.com> SIZE=1000001', '552 5.3.4'],
    ['MAIL FROM:<a@example.com> BODY=BINARYMIME', '501 5.5.4'],
    ['MAIL FROM:<a@example.com> HOLDFOR=60', '555 5.5.4'],
    ['MAIL FROM:<a@example.com> RET=ALL', '501 5.5.4'],
    ['MAIL FROM:<> REQUIRETLS', '530 5.7.0'],
    ['MAIL FROM:<> NOTIFY=NEVER', '555 5.5.4'],
    ['AUTH PLAIN AGEAYg==', '500 5.5.2'],
    ['STARTTLS', '500 5.5.2'],
    ['BDAT 5', '500 5.5.2'],
  ])('%s', async (command, reply) => {
    const client = await start();
    expect((await client.say(command)).slice(0, reply.length)).toBe(reply);
  });

  test.each<[command: string, reply: string]>([
    ['RCPT TO:<>', '501 5.1.3'],
    ['RCPT TO:<postmaster>', '501 5.1.3'],
    ['RCPT TO:<b@>', '501 5.1.3'],
    ['RCPT TO:<b@1.2.3.4>', '501 5.1.3'],
    ['RCPT TO:<用户@example.org>', '553 5.6.7'],
    ['RCPT TO:<b@example.org> NOTIFY=NEVER,SUCCESS', '501 5.5.4'],
    ['RCPT TO:<b@example.org> SIZE=1', '555 5.5.4'],
  ])('%s', async (command, reply) => {
    const client = await start();
    await client.say('MAIL FROM:<a@example.com>');
    expect((await client.say(command)).slice(0, reply.length)).toBe(reply);
  });

  test('REQUIRETLS, though there is TLS', async () => {
    running = await ServerUnderTest.start({hasTls: true});
    const client = await running.greeted();
    await client.startTls();
    expect(await client.say('EHLO client.example.com')).not.toContain('REQUIRETLS');
    expect(await client.say('MAIL FROM:<a@example.com> REQUIRETLS')).toMatch(/^555 5\.5\.4 /);
  });

  test('an address whose octets are not UTF-8', async () => {
    const client = await start();
    client.write(Buffer.from('MAIL FROM:<j\xf6rg@example.com> SMTPUTF8\r\n', 'latin1'));
    expect(await client.reply()).toBe('501 5.1.7 the address is not in UTF-8');
  });

  test.each<[what: string, text: string, reply: RegExp]>([
    ['too large', `A: 1\r\n\r\n${'x\r\n'.repeat(maxTextOctets / 3)}`, /^552 5\.3\.4 /],
    [
      'too large as JSON',
      `A: 1\r\n\r\n${'"'.repeat(maxTextOctets - 100)}\r\n`,
      /^552 5\.3\.4 the message takes up \d+ octets as JSON, and 1032192 /,
    ],
    ['fifty hops', `${'Received: x\r\n'.repeat(50)}\r\nx\r\n`, /^554 5\.4\.6 /],
    [
      'signed, and not UTF-8',
      'Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\n\xff\r\n--b--\r\n',
      /^554 5\.6\.3 the text is signed /,
    ],
    ['DKIM-signed, and not UTF-8', 'DKIM-Signature: v=1\r\n\r\n\xff\r\n', /^554 5\.6\.3 the text is signed /],
  ])('a text: %s', async (_what, text, reply) => {
    const client = await start();
    expect(await sent(client, Buffer.from(text, 'latin1'))).toMatch(reply);
    expect(running.queue.bodies).toEqual([]);
    // The connection goes on.
    expect(await sent(client, hello)).toMatch(/^250 /);
  });

  test('more than a hundred recipients', async () => {
    const client = await start();
    await client.say('MAIL FROM:<a@example.com>');
    const rcpts = Array.from({length: 101}, (_, index) => `RCPT TO:<b${index}@example.org>\r\n`);
    const codes = await client.codesOf(rcpts.join(''), 101);
    expect(codes.filter(code => code === 250)).toHaveLength(100);
    expect(codes.at(-1)).toBe(452);
    expect(await client.say('RCPT TO:<z@example.org>')).toMatch(/^452 4\.5\.3 /);
  });

  test('49 hops are not too many', async () => {
    const client = await start();
    expect(await sent(client, `${'Received: x\r\n'.repeat(49)}\r\nx\r\n`)).toMatch(/^250 /);
  });

  test('a text of the announced size whose JSON fits', async () => {
    const client = await start();
    const line = `${'x'.repeat(76)}\r\n`;
    const text = `A: 1\r\n\r\n${line.repeat(Math.floor((maxTextOctets - 10) / line.length))}`;
    expect(await sent(client, text)).toMatch(/^250 /);
  });
});

test.each([
  'GET / HTTP/1.1\r\nHost: x\r\n\r\nMAIL FROM:<a@b.example>\r\n',
  'POST / HTTP/1.1\r\n\r\nEHLO x\r\nMAIL FROM:<a@b.example>\r\n',
  '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\nEHLO x\r\n',
])('who does not begin as SMTP does is sent away: %j', async octets => {
  running = await ServerUnderTest.start();
  const client = await running.client();
  client.write(octets);
  expect(await client.reply()).toMatch(/^421 4\.7\.0 /);
  expect(await client.reply()).toBe('closed');
});

test('what is said in clear behind STARTTLS is not heard', async () => {
  running = await ServerUnderTest.start({hasTls: true});
  const client = await running.greeted();
  await client.say('MAIL FROM:<a@example.com>');
  await client.startTls('EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.org>\r\n');
  expect(await client.say('RCPT TO:<b@example.org>')).toMatch(/^503 /);
  await client.say('EHLO client.example.com');
  expect(await client.say('RCPT TO:<b@example.org>')).toMatch(/^503 /);
});

test('replies have no line ends of a client in them', async () => {
  const client = await start();
  for (const octets of [
    'RCPT TO:<a\rb@example.org>\r\n',
    'MAIL FROM:<a@example.com> ENVID=a+0D+0A250\r\n',
    '\x00\x01\x7f\r\n',
  ]) {
    client.write(octets);
    expect((await client.reply()).split(/\r|\n/)).toHaveLength(1);
  }
});
