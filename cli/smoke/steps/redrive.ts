// Step: dead letters go back to where they came from.

import {ListMessageMoveTasksCommand, type Message, StartMessageMoveTaskCommand} from '@aws-sdk/client-sqs';
import {type Belief, quote} from '../belief.ts';
import type {ProbeQueue} from '../probe-queue.ts';
import type {Notes, Step} from '../step.ts';
import type {Trial} from '../trial.ts';

const kept: Belief = {
  id: 'redrive/kept',
  says: 'A dead letter that SQS moves back keeps its body, its attributes and its group.',
  quotes: [
    quote(
      'operate.md',
      'From `waiting-dlq` and `delivery-dlq.fifo` a message goes on where it was, with its time and its attempts.',
    ),
  ],
};
const sender: Belief = {
  id: 'redrive/sender',
  says: 'The SenderId of a dead letter that SQS moves back is that of whoever sent it first.',
};
const source: Belief = {
  id: 'redrive/source',
  says: 'SQS moves nothing back that was sent to a dead-letter queue directly, unless the destination is named.',
  quotes: [
    quote('operate.md', 'SQS does not know where messages come from that deliver has put there itself'),
  ],
};

const body = 'é 😀 {"a": [1, 2]}';
const attribute = {kept: {DataType: 'String', StringValue: 'an attribute'}};

export const redrive: Step = {
  name: 'redrive',
  about: 'makes dead letters, and has SQS move them back',
  beliefs: [kept, sender, source],
  async run(trial, notes) {
    const dead = await trial.probe({fifo: true});
    const {QueueArn: arn = ''} = await dead.attributes();
    const RedrivePolicy = JSON.stringify({deadLetterTargetArn: arn, maxReceiveCount: 1});
    const queue = await trial.probe({fifo: true, attributes: {RedrivePolicy}});
    await queue.send(body, {
      MessageGroupId: 'group',
      MessageDeduplicationId: 'one',
      MessageAttributes: attribute,
    });
    const [sent] = await queue.receive(1, 0);
    // The second receive makes it a dead letter.
    const letter = await trial.until(
      async () => {
        const alive = await queue.receive(1, 0);
        return alive.length === 0 ? (await dead.receive(1, 0))[0] : undefined;
      },
      {withinMs: 60_000},
    );
    if (sent === undefined || letter === undefined) throw new Error('a message did not become a dead letter');
    const status = await moved(trial, arn);
    const back = await trial.until(async () => (await queue.receive(1, 60))[0], {withinMs: 60_000});
    notes.found(
      kept,
      status === 'COMPLETED' && back !== undefined && contentOf(back) === contentOf(sent),
      back === undefined
        ? `the move: ${status}; nothing came back`
        : `sent ${contentOf(sent)}, back ${contentOf(back)}`,
    );
    const ids = [sent, letter, back].map(message => message?.Attributes?.SenderId ?? 'none');
    notes.found(
      sender,
      new Set(ids).size === 1,
      `SenderId when sent, as a dead letter and moved back: ${ids.join(', ')}`,
    );
    if (back !== undefined) await queue.delete(back);
    await trySource(trial, notes, {dead, arn});
  },
};

const contentOf = ({Body, MessageAttributes, Attributes}: Message): string =>
  JSON.stringify([Body, MessageAttributes?.kept?.StringValue, Attributes?.MessageGroupId]);

/** @returns how it ended */
async function moved(trial: Trial, arn: string): Promise<string> {
  const {sqs} = trial.context.clients;
  await sqs.send(new StartMessageMoveTaskCommand({SourceArn: arn}));
  const ask = async () => {
    const command = new ListMessageMoveTasksCommand({SourceArn: arn, MaxResults: 1});
    const {Results: [task] = []} = await sqs.send(command);
    if (task?.Status === undefined || task.Status === 'RUNNING') return undefined;
    return task.FailureReason === undefined ? task.Status : `${task.Status} (${task.FailureReason})`;
  };
  return (await trial.until(ask, {withinMs: 180_000, everyMs: 1000})) ?? 'RUNNING';
}

async function trySource(
  trial: Trial,
  notes: Notes,
  {dead, arn}: {readonly dead: ProbeQueue; readonly arn: string},
): Promise<void> {
  await dead.sendTo('group', 'direct');
  const status = await moved(trial, arn);
  const left = await dead.receive(1, 0);
  notes.found(
    source,
    status !== 'COMPLETED' && left.length === 1,
    `the move: ${status}; ${left.length} of 1 is still there`,
  );
}
