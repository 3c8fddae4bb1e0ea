// CHUNKING of the sink (RFC 3030): texts by BDAT, cut anywhere by TCP, each with its reply and octet for octet.

import {connect as connectTo} from 'node:net';
import {setImmediate as turn} from 'node:timers/promises';
import {expect, test} from 'vitest';
import type {Sink} from '../../../local/sink/sink.ts';
import {Dice} from '../../samples/dice.ts';
import {connect, greeted, start} from './sinks-under-test.ts';

/** Looks like commands, and like the end of a text by DATA. */
const odd = '\r\n.\r\nBDAT 5 LAST\r\nRSET\r\n..\r\n';

/** Sends it in pieces. @returns how many replies came, and whether all say that it is right */
async function replies(sink: Sink, octets: Buffer, {dice, most}: {dice: Dice; most: number}, count: number) {
  const socket = connectTo(sink.port, '127.0.0.1');
  socket.setNoDelay(true);
  let heard = '';
  socket.on('data', chunk => {
    heard += chunk;
  });
  const all = () => heard.match(/^\d{3} .*\r\n/gm) ?? [];
  await expect.poll(() => all().length).toBe(1);
  for (let at = 0; at < octets.length; ) {
    const size = 1 + Math.floor(dice.next() * most);
    socket.write(octets.subarray(at, at + size));
    at += size;
    if (dice.chance(0.5)) await turn();
  }
  await expect.poll(() => all().length, {timeout: 20_000}).toBe(1 + count);
  socket.destroy();
  return all().every(line => line.startsWith('2'));
}

test.each([
  [40, 'octets'],
  [1000, 'octets'],
  [10_000, 'octets'],
  [120_000, 'octets'],
])('ten messages at once, in pieces of up to %i %s, are taken as they are', async most => {
  const seed = Date.now() % 100_000;
  const dice = new Dice(seed);
  const sink = await start();
  for (let round = 0; round < 5; round++) {
    const texts = Array.from({length: 10}, (_, index) => {
      const filling = dice.chance(0.5) ? 'x'.repeat(Math.floor(dice.next() * 30_000)) + odd : 'hi\r\n';
      return `Subject: ${round} ${index}\r\n\r\n${filling}`;
    });
    let count = 1;
    const commands = texts.map(text => {
      const parts = dice.chance(0.3);
      count += parts ? 4 : 3;
      return `${parts ? 'RSET\r\n' : ''}MAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nBDAT ${text.length} LAST\r\n${text}`;
    });
    const octets = Buffer.from(`EHLO x\r\n${commands.join('')}`);
    expect(await replies(sink, octets, {dice, most}, count), `seed ${seed}`).toBe(true);
    expect(sink.messages.slice(-10).map(({raw}) => raw.toString())).toEqual(texts);
  }
});

test('a message in several chunks is one', async () => {
  const sink = await start();
  const client = await greeted(sink);
  await client.say('EHLO x');
  await client.say('MAIL FROM:<a@b.example>');
  await client.say('RCPT TO:<c@d.example>');
  expect(await client.say('BDAT 12\r\nSubject: x')).toMatch(/^250 /);
  expect(await client.say('BDAT 6 LAST\r\n\r\nhi')).toMatch(/^250 /);
  expect(sink.messages.map(({raw}) => raw.toString())).toEqual(['Subject: x\r\n\r\nhi\r\n']);
});

test.each([
  ['before MAIL', [], 'BDAT 0 LAST', /^503 /],
  ['without a recipient', ['MAIL FROM:<a@b.example>'], 'BDAT 4 LAST\r\nhi\r\n', /^503 /],
])('a chunk %s is read, refused, and nothing of it is a command', async (_, before, chunk, reply) => {
  const sink = await start();
  const client = await greeted(sink);
  await client.say('EHLO x');
  for (const line of before) await client.say(line);
  client.write(Buffer.from(`${chunk}${chunk.endsWith('\n') ? '' : '\r\n'}NOOP\r\n`));
  expect(await client.reply()).toMatch(reply);
  expect(await client.reply()).toMatch(/^250 /);
  expect(sink.messages).toEqual([]);
});

test('a client that talks before it is greeted does no harm', async () => {
  const sink = await start();
  const socket = connectTo(sink.port, '127.0.0.1');
  socket.write('EHLO x\r\nMAIL FROM:<a@b.example>\r\n');
  await new Promise(resolve => socket.once('data', resolve));
  socket.destroy();
  expect(await (await connect(sink)).reply()).toMatch(/^220 /);
});
