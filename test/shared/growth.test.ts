// Whoever sends ten times as much may cost ten times as much, and not a hundred times: of every parser that strangers'
// text goes through. CPU time is counted, so that it does not matter what else the machine does.

import {expect, test} from 'vitest';
import {parseExtensions, type RawReply, ReplyReader, replyOf} from '../../shared/reply.ts';
import {maskedReply} from '../../shared/secrets.ts';

const cpuMs = (work: () => void): number => {
  const before = process.cpuUsage();
  work();
  const {user, system} = process.cpuUsage(before);
  return (user + system) / 1000;
};

/** All of a reply, in packets of a size: what becomes of it. */
function readReply(text: string, packetOctets: number): void {
  const reader = new ReplyReader();
  const octets = Buffer.from(text, 'latin1');
  const replies: RawReply[] = [];
  for (let at = 0; at < octets.length; at += packetOctets)
    replies.push(...reader.push(octets.subarray(at, at + packetOctets)));
  for (const raw of [...replies, reader.breakOff()]) {
    if (raw === undefined) continue;
    parseExtensions(raw.lines);
    replyOf(raw, raw.code ?? 500, words => maskedReply(words, ['hunter2', '\0me\0hunter2'], true));
  }
}

const repeat = (part: string) => (size: number) => part.repeat(Math.ceil(size / part.length));
const reply =
  (packetOctets: number, text: (size: number) => string) =>
  (size: number): void =>
    readReply(text(size), packetOctets);

/** With the size of the smaller input, in octets. */
const rows: readonly (readonly [name: string, size: number, work: (size: number) => void])[] = [
  ['a reply of carriage returns', 100_000, reply(1448, repeat('\r'))],
  ['carriage returns behind a code', 100_000, reply(1448, size => `220 x${'\r'.repeat(size)}x\r\n`)],
  ['carriage returns, each in a packet', 50_000, reply(1, repeat('\r'))],
  ['empty lines', 100_000, reply(1448, repeat('\r\n'))],
  ['a line without an end', 100_000, reply(1448, repeat('x'))],
  ['a line without an end, an octet a packet', 50_000, reply(1, repeat('x'))],
  ['lines of AUTH', 100_000, reply(1448, size => `${repeat('250-AUTH PLAIN\r\n')(size)}250 AUTH X\r\n`)],
  ['lines without a code', 100_000, reply(1448, size => `250-x\r\n${repeat('x\r\n')(size)}`)],
  ['many replies', 100_000, reply(65_536, repeat('250 ok\r\n'))],
  ['base64', 100_000, reply(1448, size => `535 ${repeat('AHVzAGh1')(size)}\r\n`)],
  ['spaces', 100_000, reply(1448, size => `250 ${' '.repeat(size)}x\r\n`)],
  [
    'extensions',
    50_000,
    size => void parseExtensions(['x', ...Array.from({length: size / 10}, () => 'AUTH PLAIN')]),
  ],
  ['the parameters of an extension', 50_000, size => void parseExtensions(['x', `AUTH${' a'.repeat(size)}`])],
  ['a text to mask', 50_000, size => void maskedReply('hunter2 '.repeat(size / 8), ['hunter2'], true)],
];

test.each(rows)('%s costs in proportion to its size', (_, size, work) => {
  work(size);
  // The least of three, as the garbage of others is collected at some time.
  const least = (octets: number) => Math.min(...[1, 2, 3].map(() => cpuMs(() => work(octets))));
  const [small, large] = [least(size), least(size * 10)];
  expect(large, `${small} ms`).toBeLessThan(40 * Math.max(small, 2));
});
