// MIME texts in all the shapes that producers make, each with the octets that must arrive. Both are built from the same
// lines, without code of the pipeline's.

import type {Dice} from './dice.ts';

export interface MimeText {
  /** For the `mime` of a message. */
  readonly source: string;
  /** The octets that must arrive, as latin1. */
  readonly arriving: string;
}

type LineEnds = 'CRLF' | 'LF' | 'mixed';

export interface Shape {
  readonly lineEnds: LineEnds;
  readonly utf8: boolean;
  /** About how many. */
  readonly octets: number;
  /** x-mq-* fields without their last line ends; folded ones have `\n` before the fold. */
  readonly mqFields: readonly string[];
}

const asciiWords = 'the quick brown fox jumps over the lazy dog and pays 3 = 2 + 1 <coins> for it'.split(' ');
const utf8Words = ['Grüße', 'naïve', '日本語', '😀', 'Ελλάδα', 'ß', '\u00a0', '\u2028', '\u0085'];
/** Lines that some program on the way could misread. */
const oddLines = [
  '',
  '.',
  '..',
  '.\t',
  '.a line that begins with a dot',
  '...and three',
  'x-mq-tag: in the body',
  'X-MQ-Smarthost-Hostname: in.the.body.example',
  'From the body',
  'QUIT',
  'trailing blanks \t ',
  '\tand leading ones',
  `a long one ${'-'.repeat(980)}`,
];

export function mimeTextOf(number: number, shape: Shape, dice: Dice): MimeText {
  const fields = dice
    .shuffled([
      `From: sender.${number}@sender.example`,
      `To: "${shape.utf8 ? 'Größe' : 'Size'}" <to@example.org>`,
      `Subject: message ${number}\n\tfolded ${shape.utf8 ? '日本' : 'once'}\n  and twice`,
      'X-MQ: not one of ours',
      'X-Mq-: nor this one',
      '.Dotted: a name for a field all the same',
      'Content-Type: text/plain; charset=utf-8',
    ])
    .slice(0, shape.octets < 400 ? 1 : 7)
    .map(text => ({text, kept: true}));
  const ours = shape.mqFields.map(text => ({text, kept: false}));
  const header = dice.merged(fields, ours).flatMap(({text, kept}) => {
    const lines = text.split('\n');
    return lines.map(line => ({line, kept}));
  });
  const ends: Readonly<Record<LineEnds, readonly string[]>> = {
    CRLF: ['\r\n'],
    LF: ['\n'],
    mixed: ['\r\n', '\n'],
  };
  const end = () => dice.oneOf(ends[shape.lineEnds]);
  let source = header.map(({line}) => line + end()).join('');
  let arriving = header
    .filter(({kept}) => kept)
    .map(({line}) => `${line}\r\n`)
    .join('');
  // A message may have no body.
  if (dice.chance(0.02)) return {source, arriving: octets(arriving)};
  source += end();
  arriving += '\r\n';
  const body = bodyLines(shape, dice, shape.octets - arriving.length);
  for (const [index, line] of body.entries()) {
    // A CR alone is a line end too, unless an LF follows.
    const bareCr = shape.lineEnds === 'mixed' && body[index + 1] !== '' && dice.chance(0.1);
    const last = index === body.length - 1;
    source += line + (last && dice.chance(0.3) ? '' : bareCr ? '\r' : end());
    arriving += `${line}\r\n`;
  }
  return {source, arriving: octets(arriving)};
}

/** At least one line: a body without lines is another case. */
function bodyLines({utf8}: Shape, dice: Dice, most: number): string[] {
  const words = utf8 ? [...asciiWords, ...utf8Words] : asciiWords;
  const plain = Array.from({length: 8}, () =>
    Array.from({length: dice.whole(1, 14)}, () => dice.oneOf(words)).join(' '),
  );
  const lines = [dice.oneOf(oddLines), dice.oneOf(plain)];
  if (utf8) lines.push('Grüße');
  for (let size = 40; size < most; size += lines.at(-1)!.length + 2) {
    lines.push(dice.chance(0.15) ? dice.oneOf(oddLines) : dice.oneOf(plain));
  }
  return [...lines, 'end'];
}

const octets = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
