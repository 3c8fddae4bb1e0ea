// Step: what CloudWatch says of the age of a queue whose only message is out of sight.

import {QueueAges} from '../../aws/queue-ages.ts';
import {type Belief, quote} from '../belief.ts';
import type {Step} from '../step.ts';

const counted: Belief = {
  id: 'age/hidden',
  says: 'A message that is out of sight counts in ApproximateAgeOfOldestMessage: the alarm of a queue whose receiver is down rings.',
  quotes: [quote('runbook.md', '`DeliveryAge` rings.')],
};

const hiddenSeconds = 3600;
/** An age of so much is of the message, and no chance. */
const aged = 120;

export const age: Step = {
  name: 'age',
  about: 'asks CloudWatch for the age of a hidden message; of a new queue it may take a quarter of an hour',
  beliefs: [counted],
  async run(trial, notes) {
    const queue = await trial.probe({fifo: true});
    await queue.sendTo('one', 'hidden');
    const [message] = await queue.receive(1, hiddenSeconds);
    if (message === undefined) throw new Error('a message that was just sent did not come');
    const seen: number[] = [];
    const ages = new QueueAges(trial.context, [queue.name]);
    const old = await trial.until(
      async () => {
        const seconds = (await ages.read()).get(queue.name);
        if (seconds !== undefined) seen.push(seconds);
        return seconds !== undefined && seconds >= aged ? seconds : undefined;
      },
      {withinMs: 20 * 60_000, everyMs: 61_000},
    );
    if (seen.length === 0)
      return notes.untried(counted, 'CloudWatch had no age of the queue within 20 minutes');
    notes.found(counted, old !== undefined, `ages of ${seen.join(', ')} s`);
  },
};
