// `relayq dead-letters redrive`: messages go back to where they came from. SQS moves whole queues itself. One message is
// sent, and then deleted: if that is cut short between the two, the message goes twice, but it is never lost.

import {setTimeout as delay} from 'node:timers/promises';
import {
  ListMessageMoveTasksCommand,
  type ListMessageMoveTasksResultEntry,
  SendMessageCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import {neighbourArnOf, neighbourUrlOf} from '../aws/queues.ts';
import type {Act, ExitStatus} from '../command/command.ts';
import type {Context} from '../command/context.ts';
import {UsageError} from '../command/problems.ts';
import {countOf} from '../terminal/printable.ts';
import {Progress, type ProgressStream} from '../terminal/progress.ts';
import type {Letter} from './letter.ts';
import {LetterBox} from './letter-box.ts';
import {chosenQueues, type LetterQueue} from './letter-queues.ts';
import {withLetter} from './one-letter.ts';

export interface RedriveOptions {
  readonly queue?: string;
  readonly all?: boolean;
}

export const redrive: Act<[string | undefined, RedriveOptions]> = async (
  context,
  id,
  {queue: given, all},
) => {
  const queues = redrivenQueues(context.stage, given);
  if ((id === undefined) === (all !== true)) throw new UsageError('redrive what? An ID, or --all');
  if (id === undefined) return redriveAll(context, queues);
  const {to, ...letter} = await redriveOne(context, queues, id);
  const {terminal, json} = context;
  terminal.say(json ? JSON.stringify({version: 1, redriven: letter.id, to}) : `${letter.id}: on ${to} again`);
  return 0;
};

/** @throws UsageError */
export function redrivenQueues(stage: string, given: string | undefined): readonly LetterQueue[] {
  const queues = chosenQueues(stage, given).filter(({sources}) => sources.length > 0);
  if (queues.length > 0) return queues;
  throw new UsageError(`${given} is not redriven: put a text right, and send it with relayq send`);
}

export interface Move {
  readonly queue: LetterQueue;
  readonly moved: number;
  readonly status: string;
  readonly reason?: string;
}

async function redriveAll(context: Context, queues: readonly LetterQueue[]): Promise<ExitStatus> {
  const {terminal, json, signal} = context;
  const moves: Move[] = [];
  for await (const move of movesOf(context, queues, {progressOn: process.stderr})) {
    moves.push(move);
    if (json) continue;
    const {queue, moved} = move;
    terminal.say(`${queue.short}: ${countOf(moved, 'message')} moved${failureOf(move)}`);
    signal.throwIfAborted();
  }
  if (json) terminal.say(JSON.stringify(documentOf(moves)));
  else if (moves.length === 0) terminal.say('there are no dead letters');
  return moves.every(({status}) => status === 'COMPLETED') ? 0 : 1;
}

function failureOf(move: Move): string {
  const problem = problemOf(move);
  return problem === undefined ? '' : `; then it stopped: ${problem}`;
}

/** Why it stopped before its end. */
const problemOf = ({status, reason}: Pick<Move, 'status' | 'reason'>): string | undefined =>
  status === 'COMPLETED' || status === 'RUNNING' ? undefined : (reasons[reason ?? ''] ?? reason ?? status);

/** What `--json` prints. */
export const documentOf = (moves: readonly Move[]) => ({
  version: 1,
  moves: moves.map(({queue, ...move}) => ({queue: queue.short, ...move, problem: problemOf(move)})),
});

interface MoveOptions {
  readonly progressOn?: ProgressStream;
  /** How long each is watched: it goes on without that. */
  readonly watchMs?: number;
}

/** Has SQS move all of each queue that is not empty, one after the other. */
export async function* movesOf(
  context: Context,
  queues: readonly LetterQueue[],
  options: MoveOptions,
): AsyncGenerator<Move> {
  const boxes = await Promise.all(queues.map(queue => LetterBox.with(context, queue, async box => box)));
  const filled = boxes.filter(({about}) => about > 0);
  const total = filled.reduce((sum, {about}) => sum + about, 0);
  if (total > 0) await context.mayChange(`redrive about ${countOf(total, 'dead letter')}`, 'destructive');
  for (const box of filled) yield moveAll(context, box, options);
}

/** In SQS's words, and what to do. */
const reasons: Readonly<Record<string, string>> = {
  CouldNotDetermineMessageSource:
    'SQS does not know where a message came from; redrive such messages by their IDs',
};

const pollMs = 1000;

/** Follows a move that somebody has started before; starts one otherwise, as a queue has one at a time. */
async function moveAll(
  context: Context,
  {queue, arn, about}: LetterBox,
  {progressOn, watchMs = Number.POSITIVE_INFINITY}: MoveOptions,
): Promise<Move> {
  const {sqs} = context.clients;
  const latest = async (): Promise<ListMessageMoveTasksResultEntry | undefined> =>
    (await sqs.send(new ListMessageMoveTasksCommand({SourceArn: arn, MaxResults: 1}))).Results?.[0];
  if ((await latest())?.Status !== 'RUNNING') {
    const [source = ''] = queue.sources;
    await sqs.send(
      new StartMessageMoveTaskCommand({
        SourceArn: arn,
        ...(queue.mustNameSource && {DestinationArn: neighbourArnOf(arn, source)}),
      }),
    );
  }
  const progress = progressOn && new Progress(progressOn, about);
  const startMs = context.now();
  try {
    for (;;) {
      const task = await latest();
      const moved = task?.ApproximateNumberOfMessagesMoved ?? 0;
      if (task?.Status !== undefined && task.Status !== 'RUNNING')
        return {queue, moved, status: task.Status, ...(task.FailureReason && {reason: task.FailureReason})};
      if (context.now() - startMs >= watchMs) return {queue, moved, status: 'RUNNING'};
      progress?.update(`moved from ${queue.short}`, moved);
      await delay(pollMs, undefined, {signal: context.signal});
    }
  } catch (error) {
    progress?.clear();
    if (context.signal.aborted)
      context.terminal.tell(`relayq: SQS goes on moving ${queue.short}; type this again to watch it`);
    throw error;
  } finally {
    progress?.clear();
  }
}

/** @returns SQS's id of it, and the queue that has taken it */
export async function redriveOne(
  context: Context,
  queues: readonly LetterQueue[],
  id: string,
): Promise<{readonly id: string; readonly to: string}> {
  await context.mayChange(`redrive the dead letter ${id}`, 'destructive');
  return withLetter(context, queues, id, async (letter, box) => {
    const to = await sendBack(context, letter, box);
    const left = await box.delete([letter]).catch((error: Error) => new Map([[letter, error.message]]));
    for (const reason of left.values())
      throw new Error(
        `${id} is on ${to}, and still in ${box.queue.short}: drop it there, or it goes twice (${reason})`,
      );
    return {id: letter.id, to};
  });
}

/** @returns the name of the queue that has taken it */
async function sendBack(context: Context, letter: Letter, {queue, url}: LetterBox): Promise<string> {
  const known = letter.source !== undefined && queue.sources.includes(letter.source);
  const target = known ? letter.source! : queue.sources[0]!;
  const {MessageGroupId} = letter.message.Attributes ?? {};
  await context.clients.sqs.send(
    new SendMessageCommand({
      QueueUrl: neighbourUrlOf(url, target),
      MessageBody: letter.body,
      MessageAttributes: letter.message.MessageAttributes,
      ...(target.endsWith('.fifo') && {
        MessageGroupId: MessageGroupId!,
        // SQS has seen the message's own ID, and would drop it for five minutes. This one is the same each time: whoever
        // types the command again, as it was cut short, does not send the message again.
        MessageDeduplicationId: `redrive-${letter.id}`,
      }),
    }),
  );
  return target;
}
