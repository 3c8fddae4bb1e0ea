// Says that there are dead letters: how many in which queue, and how to see them. Those that arrive together are one line.

import type {Sqs} from '../../local/sqs/sqs.ts';
import {paintOf} from '../terminal/paint.ts';
import {countOf} from '../terminal/printable.ts';

export interface DeadLetterOptions {
  readonly queues: readonly string[];
  /** What to type to see them. */
  readonly command: string;
  readonly colours: boolean;
  readonly say: (line: string) => void;
}

/** How long letters of one queue are gathered. */
const gatherMs = 300;
const shownIds = 3;

/** From now on. What is there already is said at once. */
export function watchDeadLetters(sqs: Sqs, options: DeadLetterOptions): void {
  const {queues, say} = options;
  const arrived = new Map<string, string[]>();
  for (const queue of queues) {
    const {visible, delayed, inFlight} = sqs.queue(queue).counts;
    const count = visible + delayed + inFlight;
    if (count > 0) say(deadLetterLine({queue, count, ids: []}, options));
  }
  sqs.onMessage((queue, id) => {
    if (!queues.includes(queue)) return;
    const waiting = arrived.get(queue);
    if (waiting !== undefined) {
      waiting.push(id);
      return;
    }
    arrived.set(queue, [id]);
    const tell = () => {
      const ids = arrived.get(queue) ?? [];
      arrived.delete(queue);
      say(deadLetterLine({queue, count: ids.length, ids: ids.slice(0, shownIds)}, options));
    };
    setTimeout(tell, gatherMs).unref();
  });
}

interface Letters {
  readonly queue: string;
  readonly count: number;
  /** Of some of them. */
  readonly ids: readonly string[];
}

function deadLetterLine(
  {queue, count, ids}: Letters,
  {command, colours}: Pick<DeadLetterOptions, 'command' | 'colours'>,
) {
  const paint = paintOf(colours);
  const what = countOf(count, 'dead letter');
  const more = count > ids.length && ids.length > 0 ? ', …' : '';
  const names = ids.length === 0 ? '' : ` ${paint(ids.join(', ') + more, 'dim')}`;
  return `${paint('dead'.padEnd(8), 'cyan')} ${paint(`${what} in ${queue}`, 'red')}${names}: ${command}`;
}
