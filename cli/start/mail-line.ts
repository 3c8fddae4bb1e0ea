// A mail that the sink took, as one line.

import type {SunkMessage} from '../../local/sink/kept-messages.ts';
import {printable} from '../terminal/printable.ts';
import {subjectOf} from '../terminal/subject.ts';

export function mailLine({number, from, to, size, raw}: SunkMessage): string {
  const octets = size < 1000 ? `${size} B` : `${(size / 1000).toFixed(1)} kB`;
  return printable(
    `#${number}  ${from || '<>'} → ${to.join(', ')}  ${JSON.stringify(subjectOf(raw))}  ${octets}`,
  );
}
