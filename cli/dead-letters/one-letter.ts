// The one message that a person names by its id, wherever it is.

import type {Context} from '../command/context.ts';
import {NotFound} from '../command/problems.ts';
import {countOf} from '../terminal/printable.ts';
import type {Letter} from './letter.ts';
import {LetterBox} from './letter-box.ts';
import type {LetterQueue} from './letter-queues.ts';

/**
 * Looks through one queue after the other, and holds on to the message while it is used.
 * @throws NotFound
 */
export async function withLetter<T>(
  context: Context,
  queues: readonly LetterQueue[],
  id: string,
  use: (letter: Letter, box: LetterBox) => Promise<T>,
): Promise<T> {
  let about = 0;
  for (const queue of queues) {
    const used = await LetterBox.with(context, queue, async box => {
      about += box.about;
      const letter = await box.find(id);
      return letter && {value: await use(letter, box)};
    });
    if (used !== undefined) return used.value;
    context.signal.throwIfAborted();
  }
  const fifo = queues.some(({name}) => name.endsWith('.fifo'));
  const hint = fifo ? '; of each message group of delivery-dlq.fifo only the first ten can be looked at' : '';
  throw new NotFound(
    `${id} is not among ${countOf(about, 'message')} in ${queues.map(({short}) => short).join(', ')}${hint}`,
  );
}
