// Texts of servers, senders and AWS: as they are, with what cannot be seen made visible, and with their times in the
// reader's zone.

import {timesIn} from '../text/times.ts';
import {piecesOf, shortened} from '../text/visible.ts';
import {Time} from './time.tsx';

interface Props {
  readonly text: string;
  /** At most so many characters. */
  readonly most?: number;
}

/** What others wrote, and nothing in it is taken for anything. */
export const Verbatim = ({text, most = 4000}: Props) =>
  piecesOf(shortened(text, most)).map(({text: piece, code}, at) =>
    code === undefined ? (
      piece
    ) : (
      <span key={at} class="odd-character" title="a character that is not shown as it is">
        {code}
      </span>
    ),
  );

/** A sentence of ours, which may quote others. */
export const Words = ({text, most = 4000}: Props) =>
  timesIn(shortened(text, most)).map(({text: piece, ms}, at) =>
    ms === undefined ? <Verbatim key={at} text={piece} /> : <Time key={at} ms={ms} />,
  );
