// Step: how SQS behaves, on queues of its own.

import type {Message} from '@aws-sdk/client-sqs';
import {type Belief, quote} from '../belief.ts';
import type {ProbeQueue} from '../probe-queue.ts';
import type {Notes, Step} from '../step.ts';
import type {Trial} from '../trial.ts';

const order: Belief = {
  id: 'queues/order',
  says: 'A FIFO queue gives out the messages of a group in their order.',
};
const deduplication: Belief = {
  id: 'queues/deduplication',
  says: 'For five minutes SQS drops a message whose deduplication ID was there, also when the first one is deleted; then no more.',
  quotes: [
    quote(
      'architecture.md',
      'SQS drops the second one by its deduplication ID, if it comes within five minutes of the first, to the same queue.',
    ),
  ],
};
const still: Belief = {
  id: 'queues/still',
  says: 'A group with a message out of sight stands still, and the others go on.',
  quotes: [quote('architecture.md', 'SQS keeps a group still while a message of it is out of sight.')],
};
const hidden: Belief = {
  id: 'queues/hidden',
  says: 'ChangeMessageVisibility keeps a message out of sight for longer, and 0 brings it back as the first of its group.',
};
const delay: Belief = {
  id: 'queues/delay',
  says: 'A message with DelaySeconds comes when they are over, and not before.',
  quotes: [quote('traffic.md', 'SQS delays by whole seconds.')],
};
const count: Belief = {
  id: 'queues/count',
  says: 'ApproximateNumberOfMessages is right within a minute, and messages in flight count as not visible.',
  quotes: [quote('operate.md', 'Hidden messages count as not visible.')],
};

export const queues: Step = {
  name: 'queues',
  about: 'looks how SQS keeps order, drops doubles, hides and delays; this takes some ten minutes',
  beliefs: [order, deduplication, still, hidden, delay, count],
  async run(trial, notes) {
    await tryOrder(trial, notes);
    await tryHiding(trial, notes);
    await tryDelay(trial, notes);
    await tryCount(trial, notes);
    await tryDeduplication(trial, notes);
  },
};

/** All that a queue gives out until it gives nothing. */
async function all(queue: ProbeQueue, visibilitySeconds = 60): Promise<readonly Message[]> {
  const messages: Message[] = [];
  for (;;) {
    const more = await queue.receive(10, visibilitySeconds);
    if (more.length === 0) return messages;
    messages.push(...more);
    for (const message of more) await queue.delete(message);
  }
}

const groupOf = ({Attributes}: Message): string => Attributes?.MessageGroupId ?? '';

async function tryOrder(trial: Trial, notes: Notes): Promise<void> {
  const queue = await trial.probe({fifo: true});
  for (let n = 0; n < 24; n += 1) await queue.sendTo(`group-${n % 2}`, String(n));
  const received = await all(queue);
  const groups = Map.groupBy(received, groupOf).values();
  const isInOrder = [...groups].every(messages =>
    messages.every(({Body}, index) => index === 0 || Number(messages[index - 1]!.Body) < Number(Body)),
  );
  const bodies = received.map(({Body}) => Body).join(' ');
  notes.found(order, isInOrder && received.length === 24, `24 of two groups came as ${bodies}`);
}

const hiddenSeconds = 60;

async function tryHiding(trial: Trial, notes: Notes): Promise<void> {
  const queue = await trial.probe({fifo: true});
  await queue.sendTo('one', 'first');
  const [first] = await queue.receive(1, hiddenSeconds);
  await queue.sendTo('one', 'second');
  await queue.sendTo('two', 'other');
  const others = (await queue.receive(10, hiddenSeconds)).map(({Body}) => Body);
  if (first === undefined) throw new Error('a message that was just sent did not come');
  await queue.hide(first, 10 * hiddenSeconds);
  await trial.pass(2 * hiddenSeconds * 1000);
  const later = (await queue.receive(10, hiddenSeconds)).map(({Body}) => Body);
  notes.found(
    still,
    others.join() === 'other' && !later.includes('second'),
    `while the first message was out of sight there came ${others.join(', ') || 'nothing'}`,
  );
  await queue.hide(first, 0);
  const back = (await queue.receive(10, hiddenSeconds)).map(({Body}) => Body);
  notes.found(
    hidden,
    !later.includes('first') && back.join() === 'first,second',
    `after twice its time there came ${later.join(', ') || 'nothing'}; then ${back.join(', ') || 'nothing'}`,
  );
}

const delaySeconds = 30;

async function tryDelay(trial: Trial, notes: Notes): Promise<void> {
  const queue = await trial.probe();
  await queue.send('delayed', {DelaySeconds: delaySeconds});
  await trial.pass((delaySeconds - 10) * 1000);
  const early = await queue.receive(1);
  await trial.pass(12_000);
  const due = await trial.until(async () => (await queue.receive(1))[0], {withinMs: 10_000});
  notes.found(
    delay,
    early.length === 0 && due !== undefined,
    `of ${delaySeconds} s: ${early.length} ten seconds early, ${due === undefined ? 'none' : 'one'} after it`,
  );
}

async function tryCount(trial: Trial, notes: Notes): Promise<void> {
  const queue = await trial.probe();
  for (let n = 0; n < 25; n += 1) await queue.send(String(n));
  const numbers = async () => {
    const attributes = await queue.attributes();
    const {ApproximateNumberOfMessages: visible, ApproximateNumberOfMessagesNotVisible: inFlight} =
      attributes;
    return `${visible} and ${inFlight}`;
  };
  const within = async (wanted: string) => {
    let seen = '';
    const ask = async () => {
      seen = await numbers();
      return seen === wanted ? seen : undefined;
    };
    await trial.until(ask, {withinMs: 60_000});
    return seen;
  };
  const sent = await within('25 and 0');
  const taken = (await queue.receive(10, 600)).length;
  const wanted = `${25 - taken} and ${taken}`;
  const received = await within(wanted);
  notes.found(
    count,
    sent === '25 and 0' && received === wanted,
    `of 25 messages ${sent} were visible and not; with ${taken} in flight ${received}`,
  );
}

async function tryDeduplication(trial: Trial, notes: Notes): Promise<void> {
  const queue = await trial.probe({fifo: true});
  const came: number[] = [];
  const sendAgain = async () => {
    await queue.sendTo('one', 'message', 'the-same');
    came.push((await all(queue)).length);
  };
  await sendAgain();
  await sendAgain();
  await trial.pass(4 * 60_000);
  await sendAgain();
  await trial.pass(62_000);
  await sendAgain();
  notes.found(
    deduplication,
    came.join() === '1,0,0,1',
    `sent at once, again, after 4 minutes and after 5: there came ${came.join(', ')}`,
  );
}
