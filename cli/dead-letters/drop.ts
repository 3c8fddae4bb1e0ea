// `relayq dead-letters drop`: messages are written to a file, and then deleted. What is deleted is in the file, whatever
// happens in between.

import type {Act} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {countOf} from '../terminal/printable.ts';
import {PrivateFile} from '../terminal/private-file.ts';
import {Progress} from '../terminal/progress.ts';
import {factsOf, type Letter} from './letter.ts';
import {LetterBox} from './letter-box.ts';
import {chosenQueues, type LetterQueue} from './letter-queues.ts';
import {withLetter} from './one-letter.ts';

export interface DropOptions {
  readonly queue?: string;
  readonly all?: boolean;
  readonly to?: string;
}

export const drop: Act<[string | undefined, DropOptions]> = async (context, id, {queue: given, all, to}) => {
  if ((id === undefined) === (all !== true)) throw new UsageError('drop what? An ID, or --all');
  const queues = chosenQueues(context.stage, given);
  const {terminal, json, signal} = context;
  const kept = await intoFile(context, to ?? keptFileOf(context), file =>
    id === undefined ? dropAll(context, queues, file) : dropOne(context, queues, {id, kept: file}),
  );
  if (json) terminal.say(JSON.stringify(documentOf(kept)));
  else terminal.say(`${countOf(kept.deleted, 'message')} dropped`);
  signal.throwIfAborted();
  return kept.deleted === kept.count ? 0 : 1;
};

/** The usual name, in the folder where relayq runs. */
export const keptFileOf = ({stage, now}: Context, more = ''): string =>
  `dead-letters-${stage}-${fileTimeOf(now())}${more}.jsonl`;

const fileTimeOf = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** What `--json` prints. */
export const documentOf = ({path, count, deleted}: KeptLetters) => ({
  version: 1,
  dropped: deleted,
  file: count > 0 ? path : null,
});

/** Drops messages into a file, and closes it, however that ends. */
export async function intoFile(
  {terminal}: Context,
  path: string,
  drop: (kept: KeptLetters) => Promise<void>,
): Promise<KeptLetters> {
  const kept = new KeptLetters(path);
  try {
    await drop(kept);
  } finally {
    await kept.close();
    if (kept.count > 0) terminal.tell(`${countOf(kept.count, 'message')} in ${path}, secrets included`);
  }
  return kept;
}

/** The file comes into being with the first message. */
class KeptLetters {
  readonly path: string;
  count = 0;
  deleted = 0;
  #file: PrivateFile | undefined;

  constructor(path: string) {
    this.path = path;
  }

  async keep(letters: readonly Letter[]): Promise<void> {
    this.#file ??= await PrivateFile.create(this.path);
    await this.#file.write(letters.map(letter => `${JSON.stringify(recordOf(letter))}\n`).join(''));
    this.count += letters.length;
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

/** All that SQS has of it. The body is as it was, to the octet. */
const recordOf = (letter: Letter) => ({
  ...factsOf(letter),
  attributes: letter.message.Attributes,
  messageAttributes: letter.message.MessageAttributes,
  body: letter.body,
});

async function dropAll(context: Context, queues: readonly LetterQueue[], kept: KeptLetters): Promise<void> {
  const boxes = await Promise.all(queues.map(queue => LetterBox.with(context, queue, async box => box)));
  const total = boxes.reduce((sum, {about}) => sum + about, 0);
  if (total === 0) return;
  const where = boxes.filter(({about}) => about > 0).map(({queue, about}) => `${about} of ${queue.short}`);
  await context.mayChange(`drop about ${countOf(total, 'message')}: ${where.join(', ')}`, 'destructive');
  const progress = new Progress(process.stderr, total);
  try {
    for (const queue of queues)
      await LetterBox.with(context, queue, async box => {
        for await (const letters of box.receive(Number.POSITIVE_INFINITY)) {
          await keepAndDelete(context, {letters, box, kept});
          progress.update('dropped', kept.deleted);
        }
      });
  } finally {
    progress.clear();
  }
}

export async function dropOne(
  context: Context,
  queues: readonly LetterQueue[],
  {id, kept}: {readonly id: string; readonly kept: KeptLetters},
): Promise<void> {
  await context.mayChange(`drop the dead letter ${id}`, 'destructive');
  await withLetter(context, queues, id, (letter, box) =>
    keepAndDelete(context, {letters: [letter], box, kept}),
  );
}

interface Batch {
  readonly letters: readonly Letter[];
  readonly box: LetterBox;
  readonly kept: KeptLetters;
}

async function keepAndDelete({terminal}: Context, {letters, box, kept}: Batch): Promise<void> {
  await kept.keep(letters);
  const left = await box.delete(letters);
  kept.deleted += letters.length - left.size;
  for (const [{id}, reason] of left) terminal.tell(`relayq: ${id} is still in ${box.queue.short}: ${reason}`);
}
