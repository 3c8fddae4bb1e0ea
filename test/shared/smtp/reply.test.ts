import {describe, expect, test} from 'vitest';
import {
  parseExtensions,
  printable,
  type RawReply,
  ReplyReader,
  replyOf,
  sizeLimitOf,
} from '../../../shared/smtp/reply.ts';

const octets = (text: string) => Buffer.from(text, 'utf8');
/** The replies in a text, each octet in a packet of its own. */
const trickled = (text: string): RawReply[] => {
  const reader = new ReplyReader();
  return [...octets(text)].flatMap(octet => reader.push(Buffer.from([octet])));
};
const readIn = (text: string): readonly RawReply[] => new ReplyReader().push(octets(text));
const parsed = (text: string) => {
  const [raw] = readIn(`${text}\n`);
  return raw?.isValid === true && raw.code !== undefined ? replyOf(raw, raw.code) : undefined;
};

test.each([
  ['250 OK', {code: 250, text: 'OK'}],
  ['250', {code: 250, text: ''}],
  ['250 ', {code: 250, text: ''}],
  ['250\t', {code: 250, text: ''}],
  ['250 \t\r', {code: 250, text: ''}],
  ['250\tOK', {code: 250, text: 'OK'}],
  ['250\t2.1.5 fine', {code: 250, status: '2.1.5', text: 'fine'}],
  ['250 \t 2.1.5 fine', {code: 250, status: '2.1.5', text: 'fine'}],
  ['250  OK ', {code: 250, text: 'OK'}],
  ['250 2.1.5 fine\r\n', {code: 250, status: '2.1.5', text: 'fine'}],
  ['550 5.1.1', {code: 550, status: '5.1.1', text: ''}],
  ['550-5.1.1 no such\r\n550 5.1.1 user here', {code: 550, status: '5.1.1', text: 'no such user here'}],
  ['550-5.7.1 first\n550 second', {code: 550, status: '5.7.1', text: 'first second'}],
  ['451 4.7.650 x', {code: 451, status: '4.7.650', text: 'x'}],
  ['550-first\r\n550 5.7.1 second', {code: 550, text: 'first 5.7.1 second'}],
  ['550 user 5.1.1 unknown', {code: 550, text: 'user 5.1.1 unknown'}],
  ['550 5.10.100 x', {code: 550, status: '5.10.100', text: 'x'}],
  ['550 5.1.1: x', {code: 550, text: '5.1.1: x'}],
  ['550 3.1.1 x', {code: 550, text: '3.1.1 x'}],
  ['550 5.1.1111 x', {code: 550, text: '5.1.1111 x'}],
  ['554 a\tb\u0007c', {code: 554, text: 'a b c'}],
  ['554 a\u2028b', {code: 554, text: 'a b'}],
  ['554 a\rb', {code: 554, text: 'a b'}],
  ['250 queued\r\r\n', {code: 250, text: 'queued'}],
  ['250 Grüße à', {code: 250, text: 'Grüße à'}],
  ['354 go', {code: 354, text: 'go'}],
  ['334', {code: 334, text: ''}],
  ['\r\n250 OK', {code: 250, text: 'OK'}],
  ['\n\r\n\r\r\n \t\r\n250 OK', {code: 250, text: 'OK'}],
  ['\r\r250 OK', {code: 250, text: 'OK'}],
  ['250-', undefined],
  ['250-\r\n250', {code: 250, text: ''}],
  ['250-a\r\n\r\n250 b', {code: 250, text: 'a b'}],
  ['250-a\r\nbroken into two\r\n250 b', {code: 250, text: 'a broken into two b'}],
])('%j is a reply', (raw, reply) => {
  expect(parsed(raw)).toStrictEqual(reply);
  expect(trickled(`${raw}\n`)).toStrictEqual(readIn(`${raw}\n`));
});

test.each([
  ['220-welcome\r\n521 5.3.2 no mail here', {code: 521, status: '5.3.2', text: 'no mail here'}],
  ['250-2.0.0 queued\r\n554 5.6.0 refused', {code: 554, status: '5.6.0', text: 'refused'}],
  ['550-a\r\n250 b', {code: 250, text: 'b'}],
  ['250-a\r\n251 b', {code: 251, text: 'b'}],
  ['250-a\r\n554-b\r\n554 c', {code: 554, text: 'b c'}],
  ['250-a\r\n554-b\r\n250 c', {code: 250, text: 'c'}],
  ['250-a\r\n421', {code: 421, text: ''}],
])('the last line’s code and text decide in %j', (raw, reply) => {
  expect(parsed(raw)).toStrictEqual(reply);
});

test.each([
  '',
  '\r\n',
  'OK',
  '25 OK',
  '2500 OK',
  '150 x',
  '650 x',
  '250OK',
  ' 250 OK',
  '250-a\r\nnonsense',
  'HTTP/1.1 400 Bad Request',
])('%j is no reply', raw => {
  expect(parsed(raw)).toBeUndefined();
});

describe('in a line that is no reply', () => {
  test.each([
    ['250OK', 250],
    ['250: OK', 250],
    ['554,', 554],
    [' 250 OK', 250],
    ['\0\u00ff250 OK', 250],
    ['\uFEFF250 OK', 250],
    ['"451 later"', 451],
    ['2500 OK', undefined],
    ['25 OK', undefined],
    ['2.0.0 OK', undefined],
    ['150 x', undefined],
    ['OK 250', undefined],
    ['HTTP/1.1 400 Bad Request', undefined],
    ['\0\u00ff what?', undefined],
  ])('%j the first three digits are read if possible', (line, code) => {
    expect(readIn(`${line}\r\n`)).toMatchObject([{isValid: false, code}]);
  });
});

describe('in a reply that broke off', () => {
  test.each([
    ['', undefined],
    ['\r\n', {code: undefined}],
    ['2', {code: undefined}],
    ['25', {code: undefined}],
    ['250', {code: 250}],
    ['250 2.0.0 que', {code: 250}],
    ['250-2.0.0 queued', {code: 250}],
    ['250-2.0.0 queued\r\n', {code: 250}],
    ['250-queued\r\n25', {code: 250}],
    ['250-queued\r\nnonsense', {code: 250}],
    ['250-queued\r\n554', {code: 554}],
    ['554 5.6.0 sp', {code: 554}],
    ['2500', {code: undefined}],
    ['250 whole\r\n', undefined],
    ['250 whole\r\n554 ', {code: 554}],
  ])('%j what was said is known', (text, expected) => {
    const reader = new ReplyReader();
    reader.push(octets(text));
    expect(reader.isInside).toBe(expected !== undefined);
    const raw = reader.breakOff();
    if (expected === undefined) expect(raw).toBeUndefined();
    else expect(raw).toMatchObject(expected);
  });
});

test('replies that come together are told apart', () => {
  const replies = '250 2.1.0 a\r\n\r\n250-2.1.5 b\r\n250 c\n354\r\n';
  const codesAndLines = [
    [250, ['2.1.0 a']],
    [250, ['2.1.5 b', 'c']],
    [354, ['']],
  ];
  for (const read of [readIn, trickled])
    expect(read(replies).map(({code, lines}) => [code, lines])).toEqual(codesAndLines);
});

describe('a long reply', () => {
  const kept = ({lines}: RawReply) => lines.join('').length;
  test.each([
    ['in one line', `250 2.0.0 ${'x'.repeat(25_000)}\r\n`],
    ['in many lines', `${'250-2.0.0 xxxxxxxxxx\r\n'.repeat(40_000)}250 2.0.0 taken\r\n`],
    ['of lines without text', `${'250-\r\n'.repeat(100_000)}250\r\n`],
    ['of lines without codes', `250-2.0.0 x\r\n${'x\r\n'.repeat(100_000)}250\r\n`],
    ['behind empty lines', `${'\r\n'.repeat(100_000)}250 2.0.0 x\r\n`],
    ['behind carriage returns', `${'\r'.repeat(300_000)}250 2.0.0 x\r\n`],
    ['before carriage returns', `250 2.0.0 x${'\r'.repeat(300_000)}\n`],
    ['with carriage returns', `250-2.0.0 x${'\r'.repeat(300_000)}x\n250 x\n`],
  ])('%s keeps its code; text over the limit is dropped', (_, text) => {
    for (const size of [text.length, 1448, 12_000]) {
      const reader = new ReplyReader();
      const replies: RawReply[] = [];
      for (let at = 0; at < text.length; at += size)
        replies.push(...reader.push(octets(text.slice(at, at + size))));
      expect(replies).toMatchObject([{isValid: true, code: 250}]);
      expect(kept(replies[0]!)).toBeLessThan(17_000);
      expect(replies[0]!.lines.length).toBeLessThan(17_000);
      expect([reader.isInside, reader.isEndless]).toEqual([false, false]);
    }
  });

  test('ends with another code, which counts', () => {
    const text = `${'250-2.0.0 xxxxxxxxxx\r\n'.repeat(4000)}554-5.6.0 refused\r\n554 5.6.0 as spam\r\n`;
    const [raw] = readIn(text);
    expect(replyOf(raw!, raw!.code!)).toEqual({code: 554, status: '5.6.0', text: 'refused as spam'});
  });

  test.each(['x', '\r', '\r\n', '250-x\r\n', '250 x'])(
    'of %j without an end is known to be endless',
    part => {
      const reader = new ReplyReader();
      const some = octets(part.repeat(Math.ceil(65_536 / part.length)));
      const sized = () => {
        for (let sum = 0; !reader.isEndless; sum += some.length) {
          expect(sum).toBeLessThan(1_500_000);
          expect(reader.push(some)).toEqual([]);
        }
      };
      sized();
      expect(reader.isEndless).toBe(true);
      expect(kept(reader.breakOff()!)).toBeLessThan(17_000);
    },
  );
});

test('a text without an end is cut', () => {
  expect(parsed(`550 ${'x'.repeat(5000)}`)?.text).toHaveLength(1000);
  expect(printable('a\r\n\0b\u009f\u2029c')).toBe('a b c');
});

test('text is masked after it is read: no code and no status is masked', () => {
  const [raw] = readIn('550-5.1.1 about 550 and 5.1.1\r\n550 5.1.1 it is 25\r\n');
  const masked = (text: string) => text.replaceAll(/550|5\.1\.1|25/g, '***');
  expect(replyOf(raw!, 550, masked)).toEqual({
    code: 550,
    status: '5.1.1',
    text: 'about *** and *** it is ***',
  });
});

const extensionsIn = (text: string) => parseExtensions(readIn(`${text}\r\n`)[0]!.lines);

test('extensions are read by keyword, in upper case, with their parameters', () => {
  const reply =
    '250-mx.example.org greets\r\n250-size 1000\r\n250-8BITMIME\r\n250-AUTH PLAIN LOGIN\r\n250-AUTH=CRAM-MD5\r\n250 STARTTLS';
  expect([...extensionsIn(reply)]).toEqual([
    ['SIZE', '1000'],
    ['8BITMIME', ''],
    ['AUTH', 'PLAIN LOGIN CRAM-MD5'],
    ['STARTTLS', ''],
  ]);
  expect([...extensionsIn('250-x\n250 AUTH PLAIN LOGIN ')]).toEqual([['AUTH', 'PLAIN LOGIN']]);
  expect([...extensionsIn('250-\n250-AUTH  PLAIN\tLOGIN\n250\tSIZE 5')]).toEqual([
    ['AUTH', 'PLAIN LOGIN'],
    ['SIZE', '5'],
  ]);
  expect(extensionsIn('250 SIZE 5').size).toBe(0);
  expect(extensionsIn('250').size).toBe(0);
});

test.each([
  ['250-x\n250 SIZE 1000', 1000],
  ['250-x\n250 SIZE 1', 1],
  ['250-x\n250 SIZE', undefined],
  ['250-x\n250 SIZE 0', undefined],
  ['250-x\n250 SIZE lots', undefined],
  ['250-x\n250 SIZE -5', undefined],
  ['250-x\n250 8BITMIME', undefined],
])('the size limit of %j is %s', (reply, limit) => {
  expect(sizeLimitOf(extensionsIn(reply))).toBe(limit);
});
