// `relayq dead-letters list`: a sample of each queue, and about how many there are.

import type {Act} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {printable, shortened} from '../terminal/printable.ts';
import {timeText} from '../terminal/time.ts';
import {factsOf} from './letter.ts';
import {LetterBox} from './letter-box.ts';
import {chosenQueues, type LetterQueue} from './letter-queues.ts';

export interface ListOptions {
  readonly queue?: string;
  readonly limit: number;
}

/** Without the body: many large messages would not fit into memory. */
interface Seen {
  readonly sentMs: number;
  readonly facts: ReturnType<typeof factsOf>;
}

interface Sample {
  readonly queue: LetterQueue;
  readonly about: number;
  readonly letters: readonly Seen[];
}

export const list: Act<[ListOptions]> = async (context, {queue, limit}) => {
  const samples = await samplesOf(context, chosenQueues(context.stage, queue), limit);
  const {terminal, json} = context;
  if (json) terminal.say(JSON.stringify(documentOf(samples)));
  else for (const sample of samples) for (const line of linesOf(sample, context)) terminal.say(line);
  return samples.some(({queue, about}) => queue.culprit !== undefined && about > 0) ? 1 : 0;
};

export async function samplesOf(
  context: Context,
  queues: readonly LetterQueue[],
  limit: number,
): Promise<readonly Sample[]> {
  const taken = await Promise.allSettled(queues.map(queue => sampleOf(context, queue, limit)));
  context.signal.throwIfAborted();
  return taken.map(sample => {
    if (sample.status === 'rejected') throw sample.reason;
    return sample.value;
  });
}

/** What `--json` prints. */
export const documentOf = (samples: readonly Sample[]) => ({version: 1, queues: samples.map(jsonOf)});

const sampleOf = (context: Context, queue: LetterQueue, limit: number): Promise<Sample> =>
  LetterBox.with(context, queue, async box => {
    const letters: Seen[] = [];
    for await (const some of box.receive(limit))
      letters.push(...some.map(letter => ({sentMs: letter.sentMs, facts: factsOf(letter)})));
    // The count is late by up to a minute: what is seen is there.
    return {queue, about: Math.max(box.about, letters.length), letters};
  });

const jsonOf = ({queue, about, letters}: Sample) => ({
  queue: queue.short,
  name: queue.name,
  about,
  letters: letters.map(({facts}) => facts),
});

function linesOf({queue, about, letters}: Sample, context: Context): string[] {
  if (about === 0) return [`${queue.short}: none`];
  const part = about > letters.length ? `${letters.length.toLocaleString('en')} of about ` : '';
  return [
    `${queue.short}: ${part}${about.toLocaleString('en')}`,
    ...letters.flatMap(each => letterLines(each, context)),
  ];
}

/** What is short stands in the first line; texts of others have lines of their own, as long as the terminal is wide. */
function letterLines({sentMs, facts}: Seen, {terminal, local}: Context): string[] {
  const {id, kind, recipient, subject, octets, why} = facts;
  const size = octets < 1000 ? `${octets} B` : `${(octets / 1000).toFixed(1)} kB`;
  const what = [
    kind === 'result' ? 'a result for mail to' : '',
    recipient ?? (kind === 'text' ? 'a text that is no message' : '(no recipient)'),
    subject === undefined ? '' : JSON.stringify(subject),
  ];
  const words = what.filter(word => word !== '').join(' ');
  const line = (text: string) => shortened(printable(`    ${text}`), terminal.columns);
  return [`  ${id}  ${timeText(sentMs, local)}  ${size}`, line(words), line(why)];
}
