// The dead letters of one queue.

import {linkTo} from '../../app/route.ts';
import type {Letter} from '../../data/documents.ts';
import {Time} from '../../parts/time.tsx';
import {Verbatim, Words} from '../../parts/words.tsx';
import {sizeOf} from '../../text/numbers.ts';
import {visible} from '../../text/visible.ts';

interface Props {
  readonly letters: readonly Letter[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: ((some: readonly Letter[], isChosen: boolean) => void) | undefined;
  readonly current: string | undefined;
}

export const LetterList = ({letters, chosen, onChoose, current}: Props) => (
  <ul class="letters">
    {onChoose && letters.length > 1 && (
      <li class="all">
        <label>
          <input
            type="checkbox"
            checked={letters.every(({id}) => chosen.has(id))}
            onChange={({currentTarget}) => onChoose(letters, currentTarget.checked)}
          />
          Choose all {letters.length}
        </label>
      </li>
    )}
    {letters.map(letter => (
      <li key={letter.id} class={letter.id === current ? 'current' : ''}>
        {onChoose && (
          <input
            type="checkbox"
            aria-label={`Choose ${visible(letter.recipient ?? letter.id)}`}
            checked={chosen.has(letter.id)}
            onChange={({currentTarget}) => onChoose([letter], currentTarget.checked)}
          />
        )}
        <div class="letter">
          <a class="whom" href={linkTo(['dead-letters', letter.id])}>
            {letter.kind === 'result' && 'a result for mail to '}
            <Verbatim
              text={
                letter.recipient ?? (letter.kind === 'text' ? 'a text that is no message' : '(no recipient)')
              }
              most={200}
            />
          </a>
          {letter.subject !== undefined && (
            <span class="subject">
              <Verbatim text={letter.subject} most={200} />
            </span>
          )}
          <span class="why">
            <Words text={letter.why} most={300} />
          </span>
        </div>
        <span class="note facts">
          <Time time={letter.sent} /> · {sizeOf(letter.octets)}
        </span>
      </li>
    ))}
  </ul>
);
